package checkpoints

import (
	"strings"

	"ldap2scim/plan"
)

// cursor reads JSON without spaces, whose form is known. After its first error
// it reads nothing more.
type cursor struct {
	rest string
	err  error
}

// is takes a token when it comes next.
func (c *cursor) is(token byte) bool {
	if c.err != nil || c.rest == "" || c.rest[0] != token {
		return false
	}
	c.rest = c.rest[1:]
	return true
}

func (c *cursor) must(token byte) {
	if !c.is(token) {
		c.fail()
	}
}

func (c *cursor) fail() {
	if c.err == nil {
		c.err = errNotJSON
	}
}

// endOfItem takes what stands behind an item of a list, and reports that it was
// the last, with nothing behind it.
func (c *cursor) endOfItem() (last bool) {
	if c.is(',') {
		return false
	}
	if c.must(']'); c.rest != "" {
		c.fail()
	}
	return true
}

// text takes a string, which may share the memory of what is read.
func (c *cursor) text() (text string) {
	if c.err == nil {
		text, c.rest, c.err = readText(c.rest)
	}
	return text
}

// texts takes a list of strings. An empty one is nil.
func texts[S ~string](c *cursor) (list []S) {
	c.must('[')
	if c.is(']') {
		return nil
	}
	for more := true; more && c.err == nil; more = c.is(',') {
		list = append(list, S(c.text()))
	}
	c.must(']')
	return list
}

// fields takes an object whose values are strings, which may share the memory of
// what is read.
func (c *cursor) fields() plan.Fields {
	f := make(plan.Fields, 8)
	c.must('{')
	if c.is('}') {
		return f
	}
	for more := true; more && c.err == nil; more = c.is(',') {
		name := c.text()
		c.must(':')
		f[name] = c.text()
	}
	c.must('}')
	return f
}

// object takes an object whole.
func (c *cursor) object() string { return c.whole('{', '}') }

// list takes a list whole.
func (c *cursor) list() string { return c.whole('[', ']') }

// whole takes what is between two brackets.
func (c *cursor) whole(begin, end byte) string {
	if c.err != nil || c.rest == "" || c.rest[0] != begin {
		c.fail()
		return ""
	}
	deep := 0
	for i := 0; i < len(c.rest); i++ {
		switch c.rest[i] {
		case begin:
			deep++
		case end:
			if deep--; deep == 0 {
				whole := c.rest[:i+1]
				c.rest = c.rest[i+1:]
				return whole
			}
		case '"':
			if i = textEndAt(c.rest, i+1); i < 0 {
				c.fail()
				return ""
			}
		}
	}
	c.fail()
	return ""
}

// textEndAt returns where the quote is that ends the string which begins at i,
// or -1.
func textEndAt(s string, i int) int {
	for {
		n := strings.IndexByte(s[i:], '"')
		if n < 0 {
			return -1
		}
		// Behind an odd number of backslashes it is escaped.
		escapes := n - len(strings.TrimRight(s[i:i+n], `\`))
		if i += n; escapes%2 == 0 {
			return i
		}
		i++
	}
}

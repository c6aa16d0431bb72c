package entratest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const longestExpression = 10000

// expression is an expression of a mapping, parsed: an attribute in brackets, a
// quoted text, or a function of expressions. An argument that is left out is
// the empty text.
//
// Source: learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
type expression struct {
	attribute string
	constant  string
	function  string
	arguments []expression
}

// arity is how many arguments each function of this server takes.
func arity() map[string][2]int {
	return map[string][2]int{"Switch": {2, 100}, "Not": {1, 1}, "Trim": {1, 1}, "Mid": {3, 3}, "Join": {2, 100}, "ToLower": {1, 2}, "Coalesce": {1, 100}}
}

func parseExpression(text string) (expression, error) {
	if utf8.RuneCountInString(text) > longestExpression {
		return expression{}, fmt.Errorf("the expression has more than %d characters", longestExpression)
	}
	p := &parser{rest: text}
	e, err := p.expression()
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = fmt.Errorf("there is %q after the expression", p.rest)
	}
	return e, err
}

type parser struct{ rest string }

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " ") }

// take takes a text off the front.
func (p *parser) take(text string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, text)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *parser) expression() (expression, error) {
	p.space()
	switch {
	case p.take("["):
		name, rest, ok := strings.Cut(p.rest, "]")
		p.rest = rest
		if !ok || name == "" {
			return expression{}, errors.New("an attribute is not closed with ]")
		}
		return expression{attribute: name}, nil
	case p.take(`"`):
		text, rest, ok := strings.Cut(p.rest, `"`)
		p.rest = rest
		if !ok {
			return expression{}, errors.New("a text is not closed")
		}
		return expression{constant: text}, nil
	case p.rest == "" || strings.ContainsRune(",)", rune(p.rest[0])):
		return expression{}, nil
	}
	if n := strings.IndexAny(p.rest, "(,) "); n != 0 {
		name := p.rest
		if n > 0 {
			name = p.rest[:n]
		}
		p.rest = p.rest[len(name):]
		if p.take("(") {
			return p.call(name)
		}
		if _, err := strconv.Atoi(name); err == nil {
			return expression{constant: name}, nil
		}
		return expression{}, fmt.Errorf("%q is neither a function nor a number", name)
	}
	return expression{}, fmt.Errorf("%q cannot be read", p.rest)
}

func (p *parser) call(name string) (expression, error) {
	e := expression{function: name}
	for {
		a, err := p.expression()
		if err != nil {
			return e, err
		}
		e.arguments = append(e.arguments, a)
		if p.take(",") {
			continue
		}
		if !p.take(")") {
			return e, fmt.Errorf("%s is not closed", name)
		}
		n, ok := arity()[name]
		if !ok {
			return e, fmt.Errorf("the function %s is not supported", name)
		}
		if len(e.arguments) < n[0] || len(e.arguments) > n[1] {
			return e, fmt.Errorf("%s takes %d to %d arguments and has %d", name, n[0], n[1], len(e.arguments))
		}
		return e, nil
	}
}

// attributes are those that the expression reads.
func (e expression) attributes() []string {
	var list []string
	if e.attribute != "" {
		list = append(list, e.attribute)
	}
	for _, a := range e.arguments {
		list = append(list, a.attributes()...)
	}
	return list
}

// value works the expression out. "" stands for null.
func (e expression) value(of func(string) string) string {
	if e.attribute != "" {
		return of(e.attribute)
	}
	var args []string
	for _, a := range e.arguments {
		args = append(args, a.value(of))
	}
	switch e.function {
	case "Switch":
		for i := 2; i+1 < len(args); i += 2 {
			if args[i] == args[0] {
				return args[i+1]
			}
		}
		return args[1]
	case "Not":
		switch args[0] {
		case "True":
			return "False"
		case "False":
			return "True"
		}
		return ""
	case "Trim":
		return strings.TrimSpace(args[0])
	case "ToLower":
		return strings.ToLower(args[0])
	case "Mid":
		return mid(args)
	case "Join":
		return strings.Join(slices.DeleteFunc(args[1:], func(s string) bool { return s == "" }), args[0])
	case "Coalesce":
		i := slices.IndexFunc(args, func(s string) bool { return s != "" })
		return append(args, "")[max(i, 0)]
	}
	return e.constant
}

// mid is the part of a text from a position that counts from 1.
func mid(args []string) string {
	text := []rune(args[0])
	start, err := strconv.Atoi(args[1])
	length, also := strconv.Atoi(args[2])
	if err != nil || also != nil || start < 1 || start > len(text) || length < 0 {
		return ""
	}
	return string(text[start-1 : min(start-1+length, len(text))])
}

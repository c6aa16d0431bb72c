package scimdst

import (
	"encoding/json"
	"fmt"
	"strings"

	"ldap2scim/plan"
)

const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

// attribute is a path of plan.Fields taken apart. It is one of
//
//	name    name.sub    name[type eq "kind"].value
//
// each maybe in an extension.
type attribute struct {
	path      string
	extension string // URN, or "" for a core attribute
	name      string
	sub       string
	kind      string
}

// parseAttribute takes a path apart by hand: a grammar of the whole language
// costs more than all the rest of a request.
func parseAttribute(path string) (attribute, error) {
	a := attribute{path: path}
	base, selection, selects := strings.Cut(path, "[")
	if i := strings.LastIndexByte(base, ':'); i >= 0 {
		a.extension, base = base[:i], base[i+1:]
		if !isURN(a.extension) {
			return attribute{}, fmt.Errorf("attribute path %q: %q is no URN", path, a.extension)
		}
	}
	var hasSub bool
	a.name, a.sub, hasSub = strings.Cut(base, ".")
	if !isAttributeName(a.name) || hasSub && !isAttributeName(a.sub) {
		return attribute{}, fmt.Errorf("attribute path %q: this is no name of an attribute", path)
	}
	if a.extension == userSchema || a.extension == groupSchema {
		a.extension = ""
	}
	if !selects {
		return a, nil
	}
	quoted, isValue := strings.CutSuffix(selection, "].value")
	quoted, byType := strings.CutPrefix(quoted, "type eq ")
	if !isValue || !byType || hasSub {
		return attribute{}, fmt.Errorf(`attribute path %q: the only selection that is written is NAME[type eq "KIND"].value`, path)
	}
	a.kind = unquote(quoted)
	if a.kind == "" {
		return attribute{}, fmt.Errorf("attribute path %q: the type is not a string", path)
	}
	return a, nil
}

// unquote returns what a JSON string says, or "" for anything else.
func unquote(quoted string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(quoted, `"`), `"`)
	if len(quoted) == len(inner)+2 && isAttributeName(inner) {
		return inner
	}
	var said string
	if json.Unmarshal([]byte(quoted), &said) != nil {
		return ""
	}
	return said
}

// isAttributeName is ATTRNAME of RFC 7644 §3.4.2.2.
func isAttributeName(s string) bool {
	if s == "" || !isLetter(s[0]) {
		return false
	}
	for _, c := range []byte(s) {
		if !isLetter(c) && !isDigit(c) && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isURN: it begins like one, and has nothing that would end it in a path or is
// not ASCII.
func isURN(s string) bool {
	for _, c := range []byte(s) {
		switch c {
		case '"', '[', ']', '(', ')':
			return false
		}
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return len(s) > 4 && strings.EqualFold(s[:4], "urn:")
}

// typedPath is the path of the value of one type in a multi-valued attribute.
func typedPath(name, kind string) string {
	return name + "[" + equals{attribute: "type", value: kind}.String() + "].value"
}

// element is what stands in the multi-valued attribute for this value.
func (a attribute) element(value part) *object {
	e := &object{members: make([]objectMember, 0, 3)}
	if a.path == plan.WorkEmail {
		e.set("primary", truth(true))
	}
	e.set("type", text(a.kind))
	e.set("value", value)
	return e
}

// value turns the text of a field into what goes over the wire.
func (a attribute) value(of string) (part, error) {
	if err := a.check(of); err != nil {
		return nil, err
	}
	if a.isTruth() {
		return truth(of == "true"), nil
	}
	return text(of), nil
}

// check refuses a value that the attribute cannot have.
func (a attribute) check(of string) error {
	switch {
	case of == "":
		return fmt.Errorf("attribute %s: the value is blank, and blank never clears", a.path)
	case a.isTruth() && of != "true" && of != "false":
		return fmt.Errorf("attribute %s: %q is neither true nor false", a.path, of)
	}
	return nil
}

// isTruth: the value goes over the wire as true or false.
func (a attribute) isTruth() bool { return a.extension == "" && strings.EqualFold(a.name, plan.Active) }

// put sets the attribute in a resource that is being made.
func (a attribute) put(in *object, value part) error {
	if a.extension != "" {
		var err error
		if in, err = in.under(a.extension); err != nil {
			return err
		}
	}
	if a.kind != "" {
		list, ok := in.get(a.name).(array)
		if !ok && in.get(a.name) != nil {
			return fmt.Errorf("attribute %s is given twice in different forms", a.name)
		}
		in.set(a.name, append(list, a.element(value)))
		return nil
	}
	name := a.name
	if a.sub != "" {
		var err error
		if in, err = in.under(a.name); err != nil {
			return err
		}
		name = a.sub
	}
	if in.get(name) != nil {
		return fmt.Errorf("attribute %s is given twice in different forms", a.path)
	}
	in.set(name, value)
	return nil
}

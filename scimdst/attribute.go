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
		if len(a.extension) < 5 || !strings.EqualFold(a.extension[:4], "urn:") || strings.ContainsFunc(a.extension, notInURN) {
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
	if err := json.Unmarshal([]byte(quoted), &a.kind); err != nil || a.kind == "" {
		return attribute{}, fmt.Errorf("attribute path %q: the type is not a string", path)
	}
	return a, nil
}

// isAttributeName is ATTRNAME of RFC 7644 §3.4.2.2.
func isAttributeName(s string) bool {
	if s == "" || !isLetter(rune(s[0])) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !isLetter(r) && (r < '0' || r > '9') && r != '-' && r != '_' })
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// notInURN: what would end a URN in a path, or is not ASCII.
func notInURN(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"[]()`, r) }

// typedPath is the path of the value of one type in a multi-valued attribute.
func typedPath(name, kind string) string {
	return name + "[" + equals{attribute: "type", value: kind}.String() + "].value"
}

// element is what stands in the multi-valued attribute for this value.
func (a attribute) element(value any) map[string]any {
	e := map[string]any{"type": a.kind, "value": value}
	if a.path == plan.WorkEmail {
		e["primary"] = true
	}
	return e
}

// value turns the text of a field into what goes over the wire.
func (a attribute) value(text string) (any, error) {
	if text == "" {
		return nil, fmt.Errorf("attribute %s: the value is blank, and blank never clears", a.path)
	}
	if a.extension != "" || !strings.EqualFold(a.name, plan.Active) {
		return text, nil
	}
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return nil, fmt.Errorf("attribute %s: %q is neither true nor false", a.path, text)
}

// put sets the attribute in a resource that is being made.
func (a attribute) put(resource map[string]any, value any) error {
	in := resource
	if a.extension != "" {
		var err error
		if in, err = object(in, a.extension); err != nil {
			return err
		}
	}
	name := a.name
	if a.kind != "" {
		list, ok := in[name].([]any)
		if !ok && in[name] != nil {
			return fmt.Errorf("attribute %s is given twice in different forms", name)
		}
		in[name] = append(list, a.element(value))
		return nil
	}
	if a.sub != "" {
		var err error
		if in, err = object(in, name); err != nil {
			return err
		}
		name = a.sub
	}
	if _, taken := in[name]; taken {
		return fmt.Errorf("attribute %s is given twice in different forms", a.path)
	}
	in[name] = value
	return nil
}

// object returns the object under key, and makes it where there is none.
func object(in map[string]any, key string) (map[string]any, error) {
	switch v := in[key].(type) {
	case nil:
		o := map[string]any{}
		in[key] = o
		return o, nil
	case map[string]any:
		return v, nil
	}
	return nil, fmt.Errorf("attribute %s is given twice in different forms", key)
}

package scimdst

import (
	"strings"

	"ldap2scim/plan"
)

// byPaths has an operation for each attribute; doc.go says why in these forms.
func byPaths(fields []field) array {
	ops := make(array, 0, len(fields))
	for _, f := range fields {
		op := operation{op: f.op(), path: f.path, value: f.value}
		switch {
		case f.path == plan.ExternalIDPath:
			op.path, op.value = "", &object{members: []objectMember{{name: f.path, value: f.value}}}
		case f.kind != "" && !bool(f.had):
			op.path, op.value = f.name, array{f.element(f.value)}
			if f.extension != "" {
				op.path = f.extension + ":" + f.name
			}
		}
		ops = append(ops, op)
	}
	return ops
}

// byValues has one operation whose value is a part of the resource. It takes
// "replace" for what had no value too (RFC 7644 §3.5.2.3).
func byValues(fields []field) (array, error) {
	resource := &object{}
	for _, f := range fields {
		if err := f.put(resource, f.value); err != nil {
			return nil, err
		}
	}
	return array{operation{op: "replace", value: resource}}, nil
}

// byEntra has an operation for each attribute as Entra ID sends it by default:
// a value of a type that is not there yet is added by the same path.
func byEntra(fields []field) array {
	ops := make(array, 0, len(fields))
	for _, f := range fields {
		value := f.value
		if b, ok := value.(truth); ok {
			value = text("False")
			if b {
				value = text("True")
			}
		}
		ops = append(ops, operation{op: capital(f.op()), path: f.path, value: value})
	}
	return ops
}

// byAADOptSCIM has one operation each for what is added and what is replaced,
// whose value has the paths as keys. A path that selects by type stands by
// itself.
func byAADOptSCIM(fields []field) array {
	var ops array
	values := map[string]*object{}
	for _, f := range fields {
		if f.kind != "" {
			ops = append(ops, operation{op: f.op(), path: f.path, value: f.value})
			continue
		}
		if values[f.op()] == nil {
			values[f.op()] = &object{}
		}
		values[f.op()].set(f.path, f.value)
	}
	for _, op := range []string{"replace", "add"} {
		if values[op] != nil {
			ops = append(ops, operation{op: op, value: values[op]})
		}
	}
	return ops
}

// word is an operation's name in the dialect.
func (p Profile) word(op string) string {
	if p.Patch == DialectEntra {
		return capital(op)
	}
	return op
}

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

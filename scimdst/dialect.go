package scimdst

import (
	"strings"

	"ldap2scim/plan"
)

// byPaths has an operation for each attribute; doc.go says why in these forms.
func byPaths(fields []field) []operation {
	var ops []operation
	for _, f := range fields {
		op := operation{Op: f.op(), Path: f.path, Value: f.value}
		switch {
		case f.path == plan.ExternalIDPath:
			op.Path, op.Value = "", map[string]any{f.path: f.value}
		case f.kind != "" && !bool(f.had):
			op.Path, op.Value = f.name, []any{f.element(f.value)}
			if f.extension != "" {
				op.Path = f.extension + ":" + f.name
			}
		}
		ops = append(ops, op)
	}
	return ops
}

// byValues has one operation whose value is a part of the resource. It takes
// "replace" for what had no value too (RFC 7644 §3.5.2.3).
func byValues(fields []field) ([]operation, error) {
	part := map[string]any{}
	for _, f := range fields {
		if err := f.put(part, f.value); err != nil {
			return nil, err
		}
	}
	return []operation{{Op: "replace", Value: part}}, nil
}

// byEntra has an operation for each attribute as Entra ID sends it by default:
// a value of a type that is not there yet is added by the same path.
func byEntra(fields []field) []operation {
	var ops []operation
	for _, f := range fields {
		value := f.value
		if b, ok := value.(bool); ok {
			value = "False"
			if b {
				value = "True"
			}
		}
		ops = append(ops, operation{Op: capital(f.op()), Path: f.path, Value: value})
	}
	return ops
}

// byAADOptSCIM has one operation each for what is added and what is replaced,
// whose value has the paths as keys. A path that selects by type stands by
// itself.
func byAADOptSCIM(fields []field) []operation {
	var ops []operation
	values := map[string]map[string]any{}
	for _, f := range fields {
		if f.kind != "" {
			ops = append(ops, operation{Op: f.op(), Path: f.path, Value: f.value})
			continue
		}
		if values[f.op()] == nil {
			values[f.op()] = map[string]any{}
		}
		values[f.op()][f.path] = f.value
	}
	for _, op := range []string{"replace", "add"} {
		if values[op] != nil {
			ops = append(ops, operation{Op: op, Value: values[op]})
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

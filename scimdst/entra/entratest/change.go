package entratest

import (
	"maps"
	"slices"
	"strings"
)

// operation is one of a PATCH.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path,omitempty"`
	Value any    `json:"value,omitempty"`
}

func patchBody(ops []operation) map[string]any {
	return map[string]any{"schemas": []string{patchSchema}, "Operations": ops}
}

// change is the operations that give a resource its values: by default one for
// each, with a capital and with texts for booleans. With the flag
// aadOptscim062020 several values that replace others are one operation without
// a path, but for what selects by type.
//
// Source: learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility
func (t target) change(values, have map[string]string) []operation {
	var ops []operation
	together := map[string]any{}
	for _, path := range slices.Sorted(maps.Keys(values)) {
		op := operation{Op: "Replace", Path: path, Value: values[path]}
		if have[path] == "" {
			op.Op = "Add"
		}
		if t.rfc {
			op.Op = strings.ToLower(op.Op)
			if path == "active" {
				op.Value = values[path] == "True"
			}
			if op.Op == "replace" && placeOf(path).kind == "" {
				together[path] = op.Value
				continue
			}
		}
		ops = append(ops, op)
	}
	for path, value := range together {
		if len(together) == 1 {
			return append(ops, operation{Op: "replace", Path: path, Value: value})
		}
	}
	if len(together) > 0 {
		ops = append(ops, operation{Op: "replace", Value: together})
	}
	return ops
}

// membership is the operations that add and remove members.
func (t target) membership(add, remove []string) []operation {
	var ops []operation
	element := func(id string) any { return map[string]any{"$ref": nil, "value": id} }
	elements := func(ids []string) []any {
		var list []any
		for _, id := range ids {
			list = append(list, element(id))
		}
		return list
	}
	word := func(w string) string {
		if t.rfc {
			return strings.ToLower(w)
		}
		return w
	}
	if len(add) > 0 {
		ops = append(ops, operation{Op: word("Add"), Path: "members", Value: elements(add)})
	}
	if len(remove) > 0 && !t.rfc {
		ops = append(ops, operation{Op: "Remove", Path: "members", Value: elements(remove)})
	}
	if t.rfc {
		for _, id := range remove {
			ops = append(ops, operation{Op: "remove", Path: `members[value eq "` + id + `"]`})
		}
	}
	return ops
}

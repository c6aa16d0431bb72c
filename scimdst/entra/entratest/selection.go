package entratest

import (
	"slices"
	"strings"
)

// selection is what is shown of each object.
type selection[T any] []property[T]

// selectOf reads $select. A property that is not in the table is refused, a
// directory extension has to be registered.
func selectOf[T any](all []property[T], extension func(string) (property[T], bool), option string) (selection[T], error) {
	if option == "" {
		return slices.DeleteFunc(slices.Clone(all), func(p property[T]) bool { return !p.defaults }), nil
	}
	var chosen selection[T]
	for name := range strings.SplitSeq(option, ",") {
		name = strings.TrimSpace(name)
		p, ok := find(all, name)
		if !ok && extension != nil {
			p, ok = extension(name)
		}
		if !ok {
			return nil, unknown("Could not find a property named '%s'.", name)
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

func find[T any](list []property[T], name string) (property[T], bool) {
	i := slices.IndexFunc(list, func(p property[T]) bool { return p.name == name })
	if i < 0 {
		return property[T]{}, false
	}
	return list[i], true
}

func (s selection[T]) show(object T) map[string]any {
	m := make(map[string]any, len(s))
	for _, p := range s {
		value := p.get(object)
		if value == nil && isExtension(p.name) {
			continue // an extension without a value is left out
		}
		m[p.name] = value
	}
	return m
}

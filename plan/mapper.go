package plan

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
)

// mapper is the rules made ready: every expression compiled.
type mapper struct {
	rules Rules
	fills map[Kind][]fill
	// waves are the expressions of the waves, nil where one has none.
	waves   []*expression
	longest int
	tenant  Tenant
}

// fill is one mapping made ready.
type fill struct {
	Mapping
	expression *expression
}

// newMapper returns an error when the rules have a mistake.
func newMapper(in Input) (*mapper, error) {
	if err := in.Rules.Validate(); err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	m := &mapper{rules: in.Rules, fills: map[Kind][]fill{}, longest: cmp.Or(in.Rules.CustomLength, usualLength), tenant: in.Tenant}
	for k, mappings := range map[Kind][]Mapping{Person: in.Rules.Person, Group: in.Rules.Group} {
		for _, mapping := range mappings {
			f := fill{Mapping: mapping}
			if mapping.Expression != "" {
				var err error
				if f.expression, err = compileText(mapping.Expression); err != nil {
					return nil, fmt.Errorf("rules: %w", err) // unreachable: Validate has compiled it
				}
			}
			m.fills[k] = append(m.fills[k], f)
		}
	}
	for _, wave := range in.Rules.Waves {
		var x *expression
		if wave.Expression != "" {
			var err error
			if x, err = compileExpression(wave.Expression, cel.BoolType); err != nil {
				return nil, fmt.Errorf("rules: wave %q: %w", wave.Name, err) // unreachable: Validate has compiled it
			}
		}
		m.waves = append(m.waves, x)
	}
	return m, nil
}

// take fills one field. longest is for custom attributes.
func (w *want) take(f fill, longest int) {
	v, from, ok := w.value(f)
	if !ok {
		return
	}
	if !isText(v) {
		refuse := w.warn
		if f.custom() { // a certificate may be made of it
			refuse = w.block
		}
		refuse(BadValue, fmt.Sprintf("%s holds bytes that are not text; %s is left as it is", from, f.Target), "map an attribute that holds text")
		return
	}
	trimmed := strings.TrimSpace(v)
	if trimmed != v {
		w.warn(BadValue, fmt.Sprintf("%s has spaces around it; %s is sent without them", from, f.Target), "remove the spaces in the directory")
	}
	if f.custom() && !w.checkCustom(f, trimmed, longest) {
		return
	}
	if trimmed != "" { // blank never clears
		w.fields[f.Target] = trimmed
	}
}

// isText tells whether v is text. U+FFFD is what a function of text makes of
// bytes that are none.
func isText(v string) bool {
	ascii := true
	for i := range len(v) {
		if v[i] == 0 {
			return false
		}
		ascii = ascii && v[i] < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(v) && !strings.ContainsRune(v, utf8.RuneError)
}

// value returns what the mapping makes of the entry, with what it came from in
// words; ok is false when there is nothing.
func (w *want) value(f fill) (value, from string, ok bool) {
	if f.Constant != "" {
		return f.Constant, "the constant", true
	}
	if f.expression != nil {
		v, err := f.expression.text(w.entry)
		if err != nil {
			w.block(BadValue, fmt.Sprintf("the expression of %s cannot be worked out here: %v", f.Target, err),
				"let the expression allow for it: first(\"name\") is \"\" where there is no value")
			return "", "", false
		}
		return v, "the expression's value", v != ""
	}
	for _, name := range f.plain() {
		values := w.entry.Attrs[name]
		if len(values) == 0 || strings.TrimSpace(values[0]) == "" && len(f.plain()) > 1 {
			continue
		}
		if len(values) > 1 {
			w.warn(BadValue, fmt.Sprintf("%s has %d values and %s takes one; the first is used", name, len(values), f.Target),
				"leave one value in the directory, or map another attribute")
		}
		return values[0], name, true
	}
	return "", "", false
}

package entratest

import (
	"slices"
	"strconv"
	"strings"
)

// condition is one comparison of a $filter.
type condition[T any] struct {
	property property[T]
	op       string
	values   []any
}

// filter is comparisons joined by "and", or all by "or".
type filter[T any] struct {
	conditions []condition[T]
	any        bool
	exact      bool // texts are compared with regard to case
	// advanced says that it needs ConsistencyLevel: eventual and $count=true.
	advanced bool
}

// filterOf reads a $filter in the forms that the tables allow.
func filterOf[T any](all []property[T], extension func(string) (property[T], bool), option string) (filter[T], error) {
	var f filter[T]
	if option == "" {
		return f, nil
	}
	words, err := lex(option)
	if err != nil {
		return f, err
	}
	for n := 0; len(words) > 0; n++ {
		if n > 0 {
			join := words[0].text
			words = words[1:]
			if join != "and" && join != "or" || n > 1 && f.any != (join == "or") || len(words) == 0 {
				return f, unknown("Invalid filter clause: comparisons are joined by 'and', or all by 'or'.")
			}
			f.any = join == "or"
		}
		var c condition[T]
		var advanced bool
		c, advanced, words, err = conditionOf(all, extension, words)
		if err != nil {
			return f, err
		}
		f.conditions, f.advanced = append(f.conditions, c), f.advanced || advanced
	}
	return f, nil
}

func conditionOf[T any](all []property[T], extension func(string) (property[T], bool), words []word) (condition[T], bool, []word, error) {
	var c condition[T]
	name, op, values, rest := shape(words)
	p, ok := find(all, name)
	if !ok && extension != nil {
		p, ok = extension(name)
	}
	advanced := slices.Contains(strings.Fields(p.advanced), op)
	if !ok || !advanced && !slices.Contains(strings.Fields(p.filters), op) {
		return c, false, nil, unknown("Unsupported or invalid query filter clause specified for property '%s' of the resource.", name)
	}
	return condition[T]{property: p, op: op, values: values}, advanced, rest, nil
}

// shape takes a comparison off the words: "name op value", "name in (...)",
// "op(name,value)" or "name/any(t:t op value)". An operator that is none is "".
func shape(words []word) (name, op string, values []any, rest []word) {
	is := func(i int, text string) bool { return i < len(words) && !words[i].quoted && words[i].text == text }
	switch {
	case len(words) >= 6 && (is(0, "startsWith") || is(0, "startswith") || is(0, "endsWith") || is(0, "endswith") || is(0, "contains")) && is(1, "(") && is(3, ",") && is(5, ")"):
		op := map[string]string{"startswith": "startsWith", "endswith": "endsWith", "contains": "contains"}[strings.ToLower(words[0].text)]
		return words[2].text, op, []any{words[4].value()}, words[6:]
	case len(words) >= 6 && is(1, "(") && strings.HasSuffix(words[0].text, "/any"):
		end := slices.IndexFunc(words, func(w word) bool { return !w.quoted && w.text == ")" })
		if end < 4 {
			return "", "", nil, nil
		}
		return strings.TrimSuffix(words[0].text, "/any"), "any-" + words[end-2].text, []any{words[end-1].value()}, words[end+1:]
	case len(words) >= 5 && is(1, "in") && is(2, "("):
		for i := 3; i < len(words); i++ {
			if is(i, ")") {
				return words[0].text, "in", values, words[i+1:]
			}
			if !is(i, ",") {
				values = append(values, words[i].value())
			}
		}
	case len(words) >= 3 && !is(1, "(") && !is(1, "in"):
		return words[0].text, words[1].text, []any{words[2].value()}, words[3:]
	}
	return "", "", nil, nil
}

func (f filter[T]) match(object T) bool {
	for _, c := range f.conditions {
		if c.match(object, f.exact) == f.any {
			return f.any
		}
	}
	return !f.any || len(f.conditions) == 0
}

func (c condition[T]) match(object T, exact bool) bool {
	have := c.property.get(object)
	if list, ok := have.([]string); ok {
		return slices.ContainsFunc(list, func(t string) bool { return equal(t, c.values[0]) })
	}
	text, _ := have.(string)
	want, _ := c.values[0].(string)
	switch c.op {
	case "ne":
		return !equal(have, c.values[0])
	case "startsWith":
		return strings.HasPrefix(fold(text), fold(want))
	case "endsWith":
		return strings.HasSuffix(fold(text), fold(want))
	case "contains":
		return strings.Contains(text, want)
	case "gt":
		return text > want
	case "lt":
		return text < want
	default: // eq and in
		return slices.ContainsFunc(c.values, func(v any) bool { return have == v || !exact && equal(have, v) })
	}
}

func equal(have, want any) bool {
	a, text := have.(string)
	b, also := want.(string)
	if text && also {
		return strings.EqualFold(a, b)
	}
	return have == want
}

// word is a part of a $filter.
type word struct {
	text   string
	quoted bool
}

// value is what a word stands for: a quoted text, true, false, null, or, for a
// time, its text.
func (w word) value() any {
	if w.quoted {
		return w.text
	}
	if b, err := strconv.ParseBool(w.text); err == nil {
		return b
	}
	if w.text == "null" {
		return nil
	}
	return w.text
}

func lex(text string) ([]word, error) {
	var words []word
	for text = strings.TrimLeft(text, " "); text != ""; text = strings.TrimLeft(text, " ") {
		switch {
		case text[0] == '\'':
			var w word
			var ok bool
			if w, text, ok = quoted(text); !ok {
				return nil, unknown("There is an unterminated string literal in the filter.")
			}
			words = append(words, w)
		case strings.ContainsRune("(),", rune(text[0])):
			words, text = append(words, word{text: text[:1]}), text[1:]
		default:
			end := strings.IndexAny(text, " (),'")
			if end < 0 {
				end = len(text)
			}
			words, text = append(words, word{text: text[:end]}), text[end:]
		}
	}
	return words, nil
}

// quoted takes a string literal off the text, in which a doubled quote stands for one.
func quoted(text string) (w word, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return word{text: b.String(), quoted: true}, text[i+1:], true
	}
	return word{}, "", false
}

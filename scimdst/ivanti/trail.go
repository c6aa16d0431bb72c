package ivanti

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Event is one line of an audit trail.
type Event struct {
	At time.Time
	// What is the kind of thing and what was done with it, in the words of the
	// trail, and Name the name of the thing.
	What, Name string
	// Enabled is what the state after an edit says of the server: nil when it
	// says nothing.
	Enabled *bool
}

// ReadTrail reads an exported audit trail: JSON (a list, one object a line, or
// an object with a list in it) or CEF. The vendor documents the fields
// createdAt, entityType, entityName and actionType, and the states before and
// after (IVD, Exporting Audit Trails); how it nests them in JSON it does not,
// so they are looked for at any depth. A line that has no time is refused by
// its place.
func ReadTrail(text []byte) ([]Event, error) {
	text, err := decoded(text)
	if err != nil {
		return nil, err
	}
	switch trimmed := bytes.TrimSpace(text); {
	case len(trimmed) == 0:
		return nil, nil
	case trimmed[0] == '[' || trimmed[0] == '{':
		return jsonTrail(text)
	}
	return cefTrail(text)
}

func jsonTrail(text []byte) ([]Event, error) {
	var events []Event
	dec := json.NewDecoder(bytes.NewReader(text))
	for dec.More() {
		var v any
		if err := dec.Decode(&v); err != nil {
			at := int(dec.InputOffset())
			if e, is := errors.AsType[*json.SyntaxError](err); is {
				at = int(e.Offset)
			}
			line, column := place(text, min(at, len(text)))
			return nil, &PlaceError{Line: line, Column: column, Err: errors.New("this is not JSON")}
		}
		for _, object := range objects(v) {
			e, err := eventOf(object)
			if err != nil {
				line, _ := place(text, int(dec.InputOffset()))
				return nil, &PlaceError{Line: line, Err: fmt.Errorf("event %d: %w", len(events)+1, err)}
			}
			events = append(events, e)
		}
	}
	return events, nil
}

// objects are the events in a JSON value: it, or what is in the list that it
// is or holds.
func objects(v any) []map[string]any {
	switch v := v.(type) {
	case []any:
		var all []map[string]any
		for _, e := range v {
			all = append(all, objects(e)...)
		}
		return all
	case map[string]any:
		if find(v, "createdat", "timestamp", "time", "eventtime") == nil {
			for _, key := range sortedKeys(v) {
				if list, is := v[key].([]any); is {
					return objects(list)
				}
			}
		}
		return []map[string]any{v}
	}
	return nil
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// find returns the first value under one of the names, in lower case, in m or
// in the objects within it, or nil. States are not searched for it.
func find(m map[string]any, names ...string) any {
	for _, name := range names {
		for _, key := range sortedKeys(m) {
			if strings.ToLower(key) == name && m[key] != nil {
				return m[key]
			}
		}
	}
	for _, key := range sortedKeys(m) {
		if strings.Contains(strings.ToLower(key), "before") || strings.Contains(strings.ToLower(key), "after") {
			continue
		}
		if inner, is := m[key].(map[string]any); is {
			if v := find(inner, names...); v != nil {
				return v
			}
		}
	}
	return nil
}

func eventOf(m map[string]any) (Event, error) {
	at, err := moment(find(m, "createdat", "timestamp", "time", "eventtime", "date"))
	if err != nil {
		return Event{}, err
	}
	word := func(names ...string) string {
		s, _ := find(m, names...).(string)
		return s
	}
	e := Event{At: at, Name: word("entityname")}
	e.What = strings.Join(strings.Fields(word("entitytype", "category")+" "+word("actiontype", "action", "eventname", "event")), " ")
	for _, key := range sortedKeys(m) {
		if strings.Contains(strings.ToLower(key), "after") {
			e.Enabled = enabledIn(m[key])
		}
	}
	return e, nil
}

// enabledIn reads the state of an LDAP server.
func enabledIn(state any) *bool {
	if text, is := state.(string); is && json.Unmarshal([]byte(text), &state) != nil {
		return nil
	}
	m, is := state.(map[string]any)
	if !is {
		return nil
	}
	switch v := find(m, "enabled", "ldapenabled", "isenabled", "enableserver").(type) {
	case bool:
		return &v
	case string:
		if b, err := strconv.ParseBool(v); err == nil {
			return &b
		}
	}
	return nil
}

// moment reads a time: RFC 3339, or milliseconds since 1970.
func moment(v any) (time.Time, error) {
	switch v := v.(type) {
	case float64:
		return time.UnixMilli(int64(v)).UTC(), nil
	case string:
		if ms, err := strconv.ParseInt(v, 10, 64); err == nil {
			return time.UnixMilli(ms).UTC(), nil
		}
		for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05.000-0700", "2006-01-02 15:04:05Z07:00"} {
			if at, err := time.Parse(form, v); err == nil {
				return at.UTC(), nil
			}
		}
		return time.Time{}, errors.New("its time is not in a form that says when it was: RFC 3339, or milliseconds")
	}
	return time.Time{}, errors.New("it has no time (createdAt)")
}

// cefTrail reads the Common Event Format: a header of fields between bars, and
// an extension of keys and values, of which cs1 holds what the event is about
// and cs4 the state after it.
func cefTrail(text []byte) ([]Event, error) {
	var events []Event
	for n, line := range strings.Split(string(text), "\n") {
		at := strings.Index(line, "CEF:")
		if at < 0 {
			if strings.TrimSpace(line) != "" {
				return nil, &PlaceError{Line: n + 1, Column: 1, Err: errors.New("this is neither JSON nor CEF")}
			}
			continue
		}
		fields := cut(line[at:], '|', 8)
		if len(fields) < 8 {
			return nil, &PlaceError{Line: n + 1, Column: at + 1, Err: errors.New("the header of a CEF line has seven fields")}
		}
		extension := pairs(fields[7])
		m := map[string]any{"afterState": extension["cs4"]}
		var about map[string]any
		if json.Unmarshal([]byte(extension["cs1"]), &about) == nil {
			m["about"] = about
		}
		m["createdAt"] = cmp.Or[any](find(about, "createdat"), nonBlank(extension["rt"]), nonBlank(extension["end"]))
		e, err := eventOf(m)
		if err != nil {
			return nil, &PlaceError{Line: n + 1, Err: err}
		}
		e.What = strings.Join(strings.Fields(fields[5]+" "+e.What), " ")
		events = append(events, e)
	}
	return events, nil
}

func nonBlank(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// cut parts s at a sign that no backslash stands before, into n parts at most.
func cut(s string, sign byte, n int) []string {
	var parts []string
	var part strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case len(parts) == n-1:
			return append(parts, s[i:])
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == sign || s[i+1] == '\\'):
			i++
			part.WriteByte(s[i])
		case s[i] == sign:
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(s[i])
		}
	}
	return append(parts, part.String())
}

// pairs reads an extension: key=value key=value, where a value may hold spaces,
// and an equal sign in it stands behind a backslash.
func pairs(s string) map[string]string {
	m := map[string]string{}
	key := ""
	for _, word := range strings.Split(s, " ") {
		name, value, is := strings.Cut(word, "=")
		if is && !strings.HasSuffix(name, `\`) && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" {
			key = name
			m[key] = value
			continue
		}
		if key != "" {
			m[key] += " " + word
		}
	}
	for k, v := range m {
		m[k] = strings.NewReplacer(`\=`, "=", `\\`, `\`).Replace(v)
	}
	return m
}

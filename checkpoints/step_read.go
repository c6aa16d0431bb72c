package checkpoints

import (
	"encoding/json"
	"strconv"
	"strings"

	"ldap2scim/plan"
)

// readStep reads a step as it is stored. Where no string has an escape but those
// of quotes it does so in a fraction of encoding/json's time, and the strings
// share the memory of body; everything else is left to encoding/json.
func readStep(body string) (plan.Step, error) {
	if s, ok := plainStep(body); ok {
		return s, nil
	}
	var s plan.Step
	err := json.Unmarshal([]byte(body), &s)
	return s, err
}

func plainStep(body string) (s plan.Step, ok bool) {
	if hasControls(body) {
		return s, false
	}
	after, ok := plainMembers(body, func(name, rest string) (string, bool) { return plainMember(&s, name, rest) })
	return s, ok && after == ""
}

// plainMember reads the value of one member into s.
func plainMember(s *plan.Step, name, rest string) (after string, ok bool) {
	switch name {
	case "action":
		// Of all actions encoding/json escapes this one.
		if after, ok = strings.CutPrefix(rest, `"\u003e"`); ok {
			s.Action = plan.AddMembers
			break
		}
		var symbol string
		symbol, after, ok = plainString(rest)
		ok = ok && s.Action.UnmarshalText([]byte(symbol)) == nil
	case "phase":
		s.Phase, after, ok = plainNumber(rest)
	case "before":
		after, ok = plainFields(&s.Before, rest)
	case "after":
		after, ok = plainFields(&s.After, rest)
	case "clear":
		s.Clear, after, ok = plainList[string](rest)
	case "members":
		s.Members, after, ok = plainList[plan.ExternalID](rest)
	case "needs":
		s.Needs, after, ok = plainList[plan.ExternalID](rest)
	default:
		var value string
		value, after, ok = plainString(rest)
		ok = ok && plainText(s, name, value)
	}
	return after, ok
}

// plainText sets a member that is a string, if there is one of that name.
func plainText(s *plan.Step, name, value string) bool {
	switch name {
	case "id":
		s.ID = plan.StepID(value)
	case "kind":
		s.Kind = plan.Kind(value)
	case "object":
		s.Object = plan.ExternalID(value)
	case "of":
		s.Of = plan.Kind(value)
	case "wave":
		s.Wave = value
	case "name":
		s.Name = value
	case "reason":
		s.Reason = plan.Reason(value)
	case "remote":
		s.Remote = plan.RemoteID(value)
	case "version":
		s.Version = value
	case "hazard":
		s.Hazard = plan.Hazard(value)
	default:
		return false
	}
	return true
}

// plainFields reads fields that are not there twice.
func plainFields(into *plan.Fields, rest string) (after string, ok bool) {
	if *into != nil {
		return rest, false
	}
	var fields map[string]string
	fields, after, ok = plainMap(rest, plainString)
	*into = fields
	return after, ok
}

// plainNumber reads a number of few digits off the front, and nothing else that
// is a number.
func plainNumber(s string) (n int, after string, ok bool) {
	const few = 9
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if digits == 0 || digits > few || s[0] == '0' && digits > 1 {
		return 0, s, false
	}
	n, err := strconv.Atoi(s[:digits])
	return n, s[digits:], err == nil
}

package configs

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// check returns every mistake in a file that could be decoded.
func (l loader) check(f file, c Config) []error {
	var found []error
	say := func(key, what string) {
		found = append(found, &Mistake{File: l.name, Line: l.line(key), Key: key, What: what})
	}
	// A package's own mistakes begin with the key.
	own := func(block string, err error) {
		for _, e := range leaves(err) {
			key, what, _ := strings.Cut(e.Error(), ": ")
			say(block+"."+key, what)
		}
	}
	if f.State == "" {
		say("state", "missing; name the file that keeps the snapshot, the plan and the journal")
	}
	own("source", c.Source.Validate())
	own("destination", c.Destination.Validate())
	for key, secret := range map[string]Secret{"source.password": f.Source.Password, "destination.token": f.Destination.Token} {
		if err := secret.mistake(); err != nil {
			say(key, err.Error())
		}
	}
	if f.Destination.Token == "" {
		say("destination.token", "missing; write env:NAME or file:PATH")
	}
	if f.Retry.Attempts < 0 {
		say("retry.attempts", "must not be negative")
	}
	found = append(found, l.checkMapping(f)...)
	if len(found) == 0 {
		for _, e := range leaves(c.Rules.Validate()) {
			found = append(found, l.ruleMistake(f, e))
		}
	}
	slices.SortStableFunc(found, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return found
}

// ruleMistake says where in the file a mistake in the rules is.
func (l loader) ruleMistake(f file, err error) *Mistake {
	if e, ok := errors.AsType[*plan.MappingError](err); ok {
		filled, key := f.effective().find(e.Kind, e.Target)
		if other, otherKey := f.effective().find(e.Kind, e.Other); e.Other != "" && other.after(filled) {
			filled, key = other, otherKey
		}
		m := filled.mistake(l.name, key, e.Err.Error())
		if m.Line == 0 {
			m.Line = l.line("mapping")
		}
		return m
	}
	return &Mistake{File: l.name, Line: l.line("mapping"), Key: "mapping", What: err.Error()}
}

func (l loader) checkMapping(f file) []error {
	var found []error
	known := slices.Sorted(maps.Keys(targets()))
	for _, name := range slices.Sorted(maps.Keys(f.Mapping.Person)) {
		if !slices.Contains(known, name) {
			found = append(found, f.Mapping.Person[name].mistake(l.name, "mapping.person",
				name+" is not an attribute that can be filled"+meant(name, known)+" (IdP attributes go under mapping.custom)"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Mapping.Group)) {
		if name != plan.DisplayName {
			found = append(found, f.Mapping.Group[name].mistake(l.name, "mapping.group",
				name+" is not an attribute that can be filled"+meant(name, []string{plan.DisplayName})))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Mapping.Custom)) {
		if !legalName(name) {
			found = append(found, f.Mapping.Custom[name].mistake(l.name, "mapping.custom",
				name+" is not a legal attribute name: letters, digits, - and _ after a letter (RFC 7643 §2.1)"))
		}
	}
	return found
}

func legalName(s string) bool {
	for i, r := range s {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789-_", r)) {
			return false
		}
	}
	return s != ""
}

// leaves returns the errors that err joins.
func leaves(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // the join itself is wanted
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, leaves(e)...)
		}
		return all
	}
	return []error{err}
}

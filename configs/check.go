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
	if c.Entra == nil {
		own("destination", c.Destination.Validate())
	} else {
		own("destination.entra", c.Entra.Validate())
		found = append(found, l.checkRoad(f)...)
	}
	own("tenant", c.Tenant.Validate())
	for key, secret := range f.secrets() {
		if err := secret.mistake(); err != nil {
			say(key, err.Error())
		}
	}
	if d := f.Destination; d.Entra == nil && d.Token == "" && d.OAuth2.TokenURL == "" && d.Basic.User == "" && d.ClientCertificate.Cert == "" && len(d.SecretHeaders) == 0 {
		say("destination.token", "missing; write env:NAME or file:PATH")
	}
	if f.MaxSnapshotAge < 0 {
		say("max_snapshot_age", "must not be negative")
	}
	if f.Retry.Patience < 0 {
		say("retry.patience", "must not be negative")
	}
	if f.Retry.Attempts < 0 {
		say("retry.attempts", "must not be negative")
	}
	found = append(found, l.checkMapping(f)...)
	found = append(found, l.checkVendor(f)...)
	for _, e := range leaves(c.Rules.Validate()) {
		found = append(found, l.ruleMistake(f, e))
	}
	slices.SortStableFunc(found, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return found
}

// secrets returns every secret that the file names, by its key.
func (f file) secrets() map[string]Secret {
	d := f.Destination
	all := map[string]Secret{
		"source.password": f.Source.Password, "destination.token": d.Token, "tenant.password": f.Tenant.Password,
		"destination.oauth2.client_secret": Secret(d.OAuth2.ClientSecret), "destination.basic.password": Secret(d.Basic.Password),
	}
	if e := d.Entra; e != nil {
		all["destination.entra.auth.secret"], all["destination.entra.auth.password"] = e.Auth.Secret, e.Auth.Password
		all["destination.entra.service.token"] = e.Service.Token
	}
	for name, secret := range d.SecretHeaders {
		all["destination.secret_headers."+name] = Secret(secret)
	}
	return all
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
	if e, ok := errors.AsType[*plan.WaiverError](err); ok {
		key := "checks." + string(e.Code)
		return &Mistake{File: l.name, Line: l.line(key), Key: key, What: e.What}
	}
	key := "mapping"
	for _, of := range []struct{ begins, key string }{
		{"managed Apple ID: ", "managed_apple_id"},
		{"prerequisite ", "prerequisites"},
		{"the longest custom", "mapping.custom_length"},
		{"nested groups", "groups"},
		{"name collisions", "groups.collision"},
		{"groups of units", "groups.units"},
		{"wave ", "waves"},
		{"a wave ", "waves"},
		{"members per request", "destination.members_per_request"},
	} {
		if strings.HasPrefix(err.Error(), of.begins) {
			key = of.key
		}
	}
	return &Mistake{File: l.name, Line: l.line(key), Key: key, What: strings.TrimPrefix(err.Error(), "managed Apple ID: ")}
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
	return found
}

// leaves returns the errors that err joins.
func leaves(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, leaves(e)...)
		}
		return all
	}
	return []error{err}
}

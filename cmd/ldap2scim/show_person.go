package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"ldap2scim/checkpoints"
	"ldap2scim/ldapsrc"
	"ldap2scim/plan"
)

// showPerson shows everything that is known of somebody: by userName, email,
// DN, the directory's ID or the service's id. Where several are meant, each is
// shown.
func (p *program) showPerson(ctx context.Context, f *checkpoints.File, stored checkpoints.Plan, text string, asJSON bool, red *plan.Redaction) error {
	if text == "" {
		return &adviceError{what: "show person: nobody is named", hint: "Name somebody by userName, email, DN, the directory's ID or the service's id."}
	}
	key := checkpoints.PersonKey{Text: text}
	if dn, err := ldapsrc.FoldDN(text); err == nil { // what is no DN is asked for by the rest
		key.DN = dn
	}
	known, strangers, err := f.People(ctx, stored, key)
	if err != nil {
		return err
	}
	var all []checkpoints.Person
	for _, id := range known {
		person, err := f.Person(ctx, stored, id)
		if err != nil {
			return err
		}
		all = append(all, person)
	}
	for _, id := range strangers {
		person, err := f.Stranger(ctx, stored, id)
		if err != nil {
			return err
		}
		all = append(all, person)
	}
	if len(all) == 0 {
		return &adviceError{what: fmt.Sprintf("plan %s knows nobody by %q", stored.Summary.Digest.Short(), text), hint: "Name a userName, an email, a DN, the directory's ID or the service's id."}
	}
	for i, person := range all {
		person = person.Without(red)
		if asJSON {
			if err := p.json(person); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			fmt.Fprintln(p.out)
		}
		writePerson(p.out, person)
	}
	return nil
}

func writePerson(w io.Writer, v checkpoints.Person) {
	switch {
	case v.Decision != nil:
		fmt.Fprintf(w, "%s: %s%s\n", show(v.Decision.Name), v.Decision.Class, prefixed(", ", string(v.Decision.Code)))
	case v.Resource != nil:
		fmt.Fprintf(w, "%s: at the destination and not in the directory, left alone\n", show(v.Resource.Name()))
	}
	if e := v.Entry; e != nil {
		fmt.Fprintf(w, "\nDirectory\n  dn           %s\n  external ID  %s\n", show(e.DN), show(string(e.ID)))
		names := slices.Sorted(maps.Keys(e.Attrs))
		wide := len("external ID")
		for _, name := range names {
			wide = max(wide, len(show(name)))
		}
		for _, name := range names {
			for _, value := range e.Attrs[name] {
				fmt.Fprintf(w, "  %-*s  \"%s\"\n", wide, show(name), show(value))
			}
		}
		if e.Inactive != "" {
			fmt.Fprintf(w, "  disabled: %s\n", show(e.Inactive))
		}
	}
	if len(v.Made) > 0 {
		fmt.Fprintln(w, "\nWhat the rules make of it")
		plan.WriteFields(w, "  ", nil, v.Made)
	}
	if r := v.Resource; r != nil {
		fmt.Fprintf(w, "\nDestination, when the plan was made\n  remote id    %s\n", show(string(r.RemoteID)))
		fmt.Fprintf(w, "  external ID  %s\n", show(string(r.ExternalID)))
		plan.WriteFields(w, "  ", nil, r.Fields)
	}
	writeFate(w, v)
}

// writeFate says what the plan does with a person, and what became of it.
func writeFate(w io.Writer, v checkpoints.Person) {
	if len(v.Findings) > 0 {
		fmt.Fprintln(w, "\nFindings")
	}
	for _, f := range v.Findings {
		fmt.Fprintf(w, "  %-5s %s  %s\n", f.Severity, f.Code, show(f.Sentence))
		if f.Remedy != "" {
			fmt.Fprintf(w, "             → %s\n", show(f.Remedy))
		}
		if f.Waived != "" {
			fmt.Fprintf(w, "             does not block: %s\n", show(f.Waived))
		}
	}
	if len(v.Steps) > 0 {
		fmt.Fprintln(w, "\nSteps")
	}
	for _, l := range v.Steps {
		s := l.Step
		fmt.Fprintf(w, "  %c %s %s %s  (%s)%s\n", s.Action, s.Action.Word(), s.Kind, show(s.Name), s.Reason, prefixed("  needs --allow ", string(s.Hazard)))
		if s.Kind == plan.Person {
			plan.WriteFields(w, "      ", s.Before, s.After)
		}
		fmt.Fprintf(w, "      step %s\n", s.ID)
		writeState(w, "      ", l)
	}
	if len(v.Groups) > 0 {
		fmt.Fprintln(w, "\nGroups")
	}
	for _, g := range v.Groups {
		where := map[[2]bool]string{{true, true}: "directory and destination", {true, false}: "directory", {false, true}: "destination"}[[2]bool{g.Directory, g.Destination}]
		fmt.Fprintf(w, "  %s  (%s)\n", show(g.Name), where)
	}
}

func show(s string) string { return plan.Printable(s) }

package plan

import (
	"fmt"

	"ldap2scim/internal/views"
)

// objectRow is one object of the list of all.
type objectRow struct {
	Row
	Fields  []views.Field
	Members string
}

// objects lists the objects that a person should look at, and the first of
// those that simply go through or stay as they are.
func (p page) objects(v View) error {
	p.Section(views.Section{ID: "objects", Name: "Objects", Text: "Whoever and whatever a person should look at, and the first of those that simply go through."})
	for _, k := range kinds() {
		if v.Summary.Total(k) == 0 {
			continue
		}
		if err := p.kind(v, k); err != nil {
			return err
		}
	}
	p.EndSection()
	return nil
}

func (p page) kind(v View, k Kind) error {
	all, err := views.GroupBy(v.Rows(k), Row.Exceptional, v.MostRows, func(bool, Row) {})
	if err != nil {
		return fmt.Errorf("read the plan's objects: %w", err)
	}
	for _, list := range []struct {
		exceptional    bool
		most           int
		title, command string
	}{
		{true, v.MostExceptions, "%s to look at", "ldap2scim show plan --csv"},
		{false, v.MostRows, "%s to go through, or right already", "ldap2scim show plan --html --all"},
	} {
		n := all.Counts[list.exceptional]
		if n == 0 {
			continue
		}
		all.Most = list.most
		hidden := all.Hidden(list.exceptional)
		head := views.Topic{
			Title: fmt.Sprintf(list.title, k.number(n)), Listed: views.Listed(n-hidden, n), Open: list.exceptional && n <= views.Fewest,
			Hidden: hidden, Command: list.command,
		}
		if err := p.Topic(head, func() error { return p.rows(all, list.exceptional) }); err != nil {
			return err
		}
	}
	return p.Err()
}

// rows lists objects. The fields of a new one are left to the changes.
func (p page) rows(all views.Grouped[bool, Row], exceptional bool) error {
	for r, err := range all.Shown(exceptional) {
		if err != nil {
			return fmt.Errorf("read the plan's objects: %w", err)
		}
		row := objectRow{Row: r, Members: r.members()}
		if r.Class != ToCreate {
			row.Fields = fieldsOf(r.Before, r.After)
		}
		p.Emit("object", row)
		if p.Err() != nil {
			return p.Err()
		}
	}
	return nil
}

// members says how a group's membership changes.
func (r Row) members() string {
	s := ""
	if r.Adds > 0 {
		s = "+" + views.Amount(r.Adds, "member")
	}
	if r.Takes > 0 {
		s = joined(s, "−"+views.Amount(r.Takes, "member"), ", ")
	}
	return s
}

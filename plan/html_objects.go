package plan

import "fmt"

// objectRow is one object of the list of all.
type objectRow struct {
	Row
	Fields  []field
	Members string
}

// objects lists the objects that a person should look at, and the first of
// those that simply go through or stay as they are.
func (p *page) objects(v View) error {
	p.emit("section", section{"objects", "Objects", "", "Whoever and whatever a person should look at, and the first of those that simply go through."})
	for _, k := range kinds() {
		if v.Summary.Total(k) == 0 {
			continue
		}
		if err := p.kind(v, k); err != nil {
			return err
		}
	}
	p.emit("endsection", nil)
	return nil
}

func (p *page) kind(v View, k Kind) error {
	all, err := groupBy(v.Rows(k), Row.Exceptional, v.MostRows, func(bool, Row) {})
	if err != nil {
		return fmt.Errorf("read the plan's objects: %w", err)
	}
	for _, list := range []struct {
		exceptional bool
		most        int
		title, more string
	}{
		{true, v.MostExceptions, "%s to look at", "… and %s more: ldap2scim show plan --csv"},
		{false, v.MostRows, "%s to go through, or right already", "… and %s more: ldap2scim show plan --html --all"},
	} {
		if all.counts[list.exceptional] == 0 {
			continue
		}
		all.most = list.most
		if err := p.rows(all, list.exceptional, fmt.Sprintf(list.title, k.number(all.counts[list.exceptional]))); err != nil {
			return err
		}
		more := ""
		if hidden := all.hidden(list.exceptional); hidden > 0 {
			more = fmt.Sprintf(list.more, digits(hidden))
		}
		p.emit("endobjects", more)
	}
	return p.err
}

// rows lists objects. The fields of a new one are left to the changes.
func (p *page) rows(all grouped[bool, Row], exceptional bool, title string) error {
	n := all.counts[exceptional]
	p.emit("objects", struct {
		Title, Listed string
		Open          bool
	}{title, listed(n-all.hidden(exceptional), n), exceptional && n <= fewest})
	for r, err := range all.shown(exceptional) {
		if err != nil {
			return fmt.Errorf("read the plan's objects: %w", err)
		}
		row := objectRow{Row: r, Members: r.members()}
		if r.Class != ToCreate {
			row.Fields = fieldsOf(r.Before, r.After)
		}
		p.emit("object", row)
		if p.err != nil {
			return p.err
		}
	}
	return nil
}

// members says how a group's membership changes.
func (r Row) members() string {
	s := ""
	if r.Adds > 0 {
		s = "+" + amount(r.Adds, "member")
	}
	if r.Takes > 0 {
		s = joined(s, "−"+amount(r.Takes, "member"), ", ")
	}
	return s
}

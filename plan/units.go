package plan

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// units knows the organizational units that may become groups.
type units struct {
	keys

	rules UnitRules
	index map[key]int // folded DN → place in all
	all   []unit
}

type unit struct {
	id     ExternalID
	parent int // the nearest unit above, or -1
	depth  int // below the topmost unit that may become a group; -1: none may
	name   string
	people []uint32
}

// surveyUnits reads the units, when the rules make groups of them.
func (d *decider) surveyUnits() error {
	d.units = &units{keys: d.keys, rules: d.in.Rules.Groups.Units, index: map[key]int{}}
	if d.units.rules.Make == "" {
		return nil
	}
	type place struct{ key, name string }
	var places []place
	for e, err := range d.in.Snapshot.Entries(Unit) {
		if err != nil {
			return fmt.Errorf("read the snapshot's entries of kind %s: %w", Unit, err)
		}
		d.units.index[d.keyOf(e.Key)] = len(d.units.all)
		d.units.all = append(d.units.all, unit{id: e.ID, name: e.First("ou")})
		places = append(places, place{e.Key, e.First("ou")})
	}
	for i, p := range places {
		u := &d.units.all[i]
		u.parent, u.depth = -1, 0
		for above := parentKey(p.key); above != ""; above = parentKey(above) {
			if n, known := d.units.index[d.keyOf(above)]; known {
				u.parent = n
				break
			}
		}
	}
	for i, p := range places {
		d.units.all[i].depth = d.units.depth(i, p.key)
	}
	return nil
}

// depth counts the units above one, up to the topmost that may be a group.
func (u *units) depth(i int, key string) int {
	if len(u.rules.Under) == 0 {
		n := 0
		for at := u.all[i].parent; at >= 0; at = u.all[at].parent {
			n++
		}
		return n
	}
	n := 0
	for at := key; at != ""; at = parentKey(at) {
		if slices.Contains(u.rules.Under, at) {
			return n
		}
		n++
	}
	return -1
}

// join puts a person into the units that the person's entry is in.
func (u *units) join(e *Entry, number uint32) {
	if len(u.all) == 0 {
		return
	}
	for above := parentKey(e.Key); above != ""; above = parentKey(above) {
		i, known := u.index[u.keyOf(above)]
		if !known {
			continue
		}
		u.all[i].people = append(u.all[i].people, number)
		if u.rules.Make == Children {
			return
		}
		for i = u.all[i].parent; i >= 0; i = u.all[i].parent {
			u.all[i].people = append(u.all[i].people, number)
		}
		return
	}
}

// of returns the unit of an entry.
func (u *units) of(e Entry) *unit { return &u.all[u.index[u.keyOf(e.Key)]] }

// want is what the rules make of a unit.
func (u *units) want(e Entry, given string) want {
	w := want{entry: e, fields: Fields{}}
	me := u.of(e)
	exclude := func(why string) {
		w.refuse(Excluded, Finding{Code: UnitsExcluded, Severity: Note, Sentence: why, Remedy: "change groups.units in the configuration if it should be a group"})
	}
	switch {
	case me.depth < 0:
		exclude("no group is made of this unit: it is not below one of those that are named")
	case u.rules.Depth >= 0 && me.depth > u.rules.Depth:
		exclude(fmt.Sprintf("no group is made of this unit: it is %d deep, and %d is the limit", me.depth, u.rules.Depth))
	case len(me.people) == 0 && !u.rules.KeepEmpty:
		exclude("no group is made of this unit: nobody is in it")
	}
	name := given
	if name == "" {
		template := u.rules.Name
		if template == "" {
			template = "{path}"
		}
		name = strings.NewReplacer("{ou}", me.name, "{path}", u.path(me)).Replace(template)
	}
	if name = strings.TrimSpace(name); name != "" {
		w.fields[DisplayName] = name
	} else if w.class == "" {
		w.block(NoName, "no name for the group of this unit", "correct groups.units.name, or give the unit a name")
	}
	return w
}

// path is the names of the units from the top down to one.
func (u *units) path(me *unit) string {
	parts := []string{me.name}
	for i := me.parent; i >= 0 && len(parts) <= me.depth; i = u.all[i].parent {
		parts = append(parts, u.all[i].name)
	}
	slices.Reverse(parts)
	return strings.Join(parts, " / ")
}

// entries yields what becomes objects of one kind: for groups, the units that
// may become groups too, in the order of the ID.
func (d *decider) entries(k Kind) iter.Seq2[Entry, error] {
	if k != Group || len(d.units.all) == 0 {
		return d.in.Snapshot.Entries(k)
	}
	return func(yield func(Entry, error) bool) {
		next, stop := iter.Pull2(d.in.Snapshot.Entries(Unit))
		defer stop()
		u, err, more := next()
		for g, groupErr := range d.in.Snapshot.Entries(Group) {
			for more && err == nil && groupErr == nil && u.ID < g.ID {
				if !yield(u, nil) {
					return
				}
				u, err, more = next()
			}
			if !yield(g, groupErr) {
				return
			}
		}
		for ; more; u, err, more = next() {
			if !yield(u, err) {
				return
			}
		}
	}
}

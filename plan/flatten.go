package plan

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// graph is the membership of all groups, by the dense numbers of people and
// groups. The n-th group is the n-th of [decider.entries].
type graph struct {
	keys

	groups []node
	number map[key]uint32 // folded DN → group
}

// node is one group.
type node struct {
	entry     Entry // its kind, ID, DN and key
	nesting   Nesting
	people    *roaring.Bitmap // direct
	within    []uint32        // the groups that are its members
	elsewhere int             // members that nobody knows
	all       *roaring.Bitmap // with those of the groups within
	have      *roaring.Bitmap // who of them is in it at the destination
	cycle     []uint32        // the groups that contain each other, itself among them
}

// join adds a group, or a unit that becomes one, with the next number.
func (g *graph) join(e Entry, nesting Nesting, people []uint32) {
	if e.Kind == Group {
		g.number[g.keyOf(e.Key)] = uint32(len(g.groups))
	}
	g.groups = append(g.groups, node{entry: Entry{Kind: e.Kind, ID: e.ID, DN: e.DN, Key: e.Key}, nesting: nesting, people: roaring.BitmapOf(people...), have: roaring.New()})
}

// connect reads the member lists of all groups, and what the destination's
// groups have.
func (d *decider) connect() error {
	i := 0
	err := PipeWeighed(Entry.Weight, everything(d.in.Snapshot.Groups, "read the snapshot's groups"), func(e Entry) error {
		for i < len(d.graph.groups) && d.graph.groups[i].entry.ID < e.ID {
			i++ // a unit
		}
		if i == len(d.graph.groups) || d.graph.groups[i].entry.ID != e.ID {
			return fmt.Errorf("snapshot group %s: it is not among the entries", e.DN)
		}
		d.members(&d.graph.groups[i], e)
		return nil
	})
	if err != nil {
		return err
	}
	d.graph.flatten()
	at := map[RemoteID]int{}
	for i, t := range d.teams {
		if t.decision.Remote != "" {
			at[t.decision.Remote] = i
		}
	}
	return PipeWeighed(Resource.Weight, everything(d.in.Inventory.Groups, "read the inventory's groups"), func(r Resource) error {
		if i, ours := at[r.RemoteID]; ours {
			n := &d.graph.groups[i]
			if n.have = d.present(r); n.have.Equals(n.people) {
				n.have = n.people // nobody changes either
			}
		}
		return nil
	})
}

// everything puts all that a sequence yields, as [Pipe] takes it.
func everything[T any](all iter.Seq2[T, error], doing string) func(put func(T) error) error {
	return func(put func(T) error) error {
		for v, err := range all {
			if err != nil {
				return fmt.Errorf("%s: %w", doing, err)
			}
			if err := put(v); err != nil {
				return err
			}
		}
		return nil
	}
}

// present returns the members of the destination's group that the snapshot
// knows. Others are strangers and are left alone.
func (d *decider) present(r Resource) *roaring.Bitmap {
	known := make([]uint32, 0, len(r.Members))
	for _, id := range r.Members {
		if n, ok := d.roster.byRemote.of(d.keyOf(string(id))); ok {
			known = append(known, n)
		}
	}
	slices.Sort(known)
	return roaring.BitmapOf(known...)
}

// members looks up the direct members of one group.
func (d *decider) members(n *node, e Entry) {
	var people []uint32
	for _, dn := range e.Members {
		k := d.keyOf(dn)
		if p, ok := d.roster.byDN.of(k); ok {
			people = append(people, p)
		} else if g, ok := d.graph.number[k]; ok {
			n.within = append(n.within, g)
		} else {
			n.elsewhere++
		}
	}
	for _, uid := range e.MemberUIDs {
		if p, ok := d.roster.byUID.of(d.keyOf(uid)); ok {
			people = append(people, p)
		} else {
			n.elsewhere++
		}
	}
	slices.Sort(people)
	n.people = roaring.BitmapOf(people...)
	slices.Sort(n.within)
	n.within = slices.Compact(n.within)
}

// flatten gives every group the people of the groups within it. Groups that
// contain each other all get the people of all of them. One pass over the
// strongly connected components, the innermost first (Tarjan, without
// recursion, since directories nest deeper than a stack should).
func (g *graph) flatten() {
	t := &tarjan{g: g, index: make([]uint32, len(g.groups)), low: make([]uint32, len(g.groups)), on: make([]bool, len(g.groups))}
	for v := range g.groups {
		if t.index[v] == 0 {
			t.visit(uint32(v))
		}
	}
}

// tarjan finds strongly connected components in the order in which none
// contains one that comes later.
type tarjan struct {
	g          *graph
	next       uint32
	index, low []uint32
	on         []bool
	stack      []uint32
	work       []frame
}

type frame struct {
	v    uint32
	edge int
}

func (t *tarjan) visit(root uint32) {
	t.enter(root)
	for len(t.work) > 0 {
		f := &t.work[len(t.work)-1]
		within := t.g.groups[f.v].within
		if f.edge < len(within) {
			w := within[f.edge]
			f.edge++
			if t.index[w] == 0 {
				t.enter(w)
			} else if t.on[w] {
				t.low[f.v] = min(t.low[f.v], t.index[w])
			}
			continue
		}
		v := f.v
		t.work = t.work[:len(t.work)-1]
		if len(t.work) > 0 {
			above := t.work[len(t.work)-1].v
			t.low[above] = min(t.low[above], t.low[v])
		}
		if t.low[v] == t.index[v] {
			t.leave(v)
		}
	}
}

func (t *tarjan) enter(v uint32) {
	t.next++
	t.index[v], t.low[v] = t.next, t.next
	t.on[v] = true
	t.stack = append(t.stack, v)
	t.work = append(t.work, frame{v: v})
}

// leave takes the component of v off the stack and flattens it. What it
// contains is flattened already.
func (t *tarjan) leave(v uint32) {
	at := len(t.stack) - 1
	for t.stack[at] != v {
		at--
	}
	component := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	slices.Sort(component)
	inside := map[uint32]bool{}
	for _, w := range component {
		t.on[w], inside[w] = false, true
	}
	all, loops := t.union(component, inside)
	for _, w := range component {
		n := &t.g.groups[w]
		n.all = all
		if loops {
			n.cycle = component
		}
	}
}

// union is the people of a component and of all that it contains, and whether
// it is a cycle.
func (t *tarjan) union(component []uint32, inside map[uint32]bool) (all *roaring.Bitmap, cycle bool) {
	if len(component) == 1 && len(t.g.groups[component[0]].within) == 0 {
		return t.g.groups[component[0]].people, false
	}
	parts := make([]*roaring.Bitmap, 0, len(component))
	for _, w := range component {
		n := &t.g.groups[w]
		parts = append(parts, n.people)
		for _, c := range n.within {
			if inside[c] {
				cycle = true
			} else {
				parts = append(parts, t.g.groups[c].all)
			}
		}
	}
	return roaring.FastOr(parts...), cycle
}

// wanted returns who should be in the n-th group, of those who take part, and
// how many were left out since they do not.
func (d *decider) wanted(n *node) (people *roaring.Bitmap, out int) {
	source := n.people
	if n.nesting != Direct {
		source = n.all
	}
	people = roaring.And(source, d.roster.part)
	return people, int(source.GetCardinality() - people.GetCardinality())
}

// list names groups, but not more than a person reads.
func (g *graph) list(groups []uint32) string {
	const most = 5
	var names []string
	for _, c := range groups[:min(most, len(groups))] {
		names = append(names, g.groups[c].entry.DN)
	}
	if more := len(groups) - most; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, "; ")
}

// findings says what of a group's member list is not provisioned as it is.
func (g *graph) findings(n *node, out int) []Finding {
	var fs []Finding
	say := func(s Severity, sentence, remedy string) {
		f := Finding{Code: GroupCheck, Severity: s, Sentence: sentence, Remedy: remedy}
		fs = append(fs, f.about(n.entry))
	}
	if len(n.cycle) > 0 && n == &g.groups[n.cycle[0]] { // once for each circle
		say(Warn, "groups contain each other in a circle, and each gets the people of all: "+g.list(n.cycle), "take one of them out of another in the directory")
	}
	if len(n.within) > 0 && n.nesting == Direct {
		say(Warn, "nested groups are not provisioned ("+count(len(n.within), "member")+")", "let it be flattened, or add their people to this group in the directory")
	} else if len(n.within) > 0 {
		say(Note, fmt.Sprintf("flattened: %s within it, %d direct people become %d", count(len(n.within), "group"), n.people.GetCardinality(), n.all.GetCardinality()),
			"nothing to do; the groups within keep their own identity")
	}
	if out > 0 {
		say(Note, "people who are blocked or excluded will not be in it ("+count(out, "member")+")", "see the findings on those people")
	}
	if n.elsewhere > 0 {
		say(Warn, "members that were not found among the people and groups that were read ("+count(n.elsewhere, "member")+")", "widen the search bases, or remove members that no longer exist")
	}
	return fs
}

package plan

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

// Move says what became of an entry between two snapshots.
type Move string

const (
	MoveAdded   Move = "added"
	MoveRemoved Move = "removed"
	// MoveRenamed: its DN is another; its attributes may be too.
	MoveRenamed Move = "renamed"
	MoveChanged Move = "changed"
)

// Moved is one entry that is not as it was.
type Moved struct {
	Kind Kind       `json:"kind"`
	ID   ExternalID `json:"id"`
	Move Move       `json:"move"`
	// DN is the newer one; Was is the older one where that is another.
	DN  string `json:"dn"`
	Was string `json:"was,omitempty"`
	// Attributes are the names of those that differ, sorted, in words for what
	// is no attribute: "inactive", "3 members added", "1 member removed".
	Attributes []string `json:"attributes,omitempty"`
}

// CompareEntries walks the entries of two snapshots of one kind, both in the
// order of the ID, groups with their members, and gives what is not as it was
// to yield, in the same order.
func CompareEntries(before, after iter.Seq2[Entry, error], yield func(Moved) error) error {
	next, stop := iter.Pull2(before)
	defer stop()
	old, err, more := next()
	gone := func() error {
		m := Moved{Kind: old.Kind, ID: old.ID, Move: MoveRemoved, DN: old.DN}
		old, err, more = next()
		return yield(m)
	}
	for now, nowErr := range after {
		if nowErr != nil {
			return fmt.Errorf("read the newer snapshot: %w", nowErr)
		}
		for more && err == nil && old.ID < now.ID {
			if err := gone(); err != nil {
				return err
			}
		}
		if err != nil {
			break
		}
		m := Moved{Kind: now.Kind, ID: now.ID, Move: MoveAdded, DN: now.DN}
		if more && old.ID == now.ID {
			m = compare(old, now)
			old, err, more = next()
		}
		if m.Move != "" {
			if err := yield(m); err != nil {
				return err
			}
		}
	}
	for more && err == nil {
		if err := gone(); err != nil {
			return err
		}
	}
	if err != nil {
		return fmt.Errorf("read the older snapshot: %w", err)
	}
	return nil
}

// compare says what differs between two readings of one entry; its Move is ""
// when nothing does.
func compare(old, now Entry) Moved {
	m := Moved{Kind: now.Kind, ID: now.ID, DN: now.DN}
	names := slices.Sorted(maps.Keys(old.Attrs))
	names = append(names, slices.Sorted(maps.Keys(now.Attrs))...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !slices.Equal(old.Attrs[name], now.Attrs[name]) {
			m.Attributes = append(m.Attributes, name)
		}
	}
	if old.Inactive != now.Inactive {
		m.Attributes = append(m.Attributes, "inactive")
	}
	was, is := slices.Concat(old.Members, old.MemberUIDs), slices.Concat(now.Members, now.MemberUIDs)
	if n := lacking(is, was); n > 0 {
		m.Attributes = append(m.Attributes, count(n, "member")+" added")
	}
	if n := lacking(was, is); n > 0 {
		m.Attributes = append(m.Attributes, count(n, "member")+" removed")
	}
	switch {
	case old.Key != now.Key:
		m.Move, m.Was = MoveRenamed, old.DN
	case len(m.Attributes) > 0:
		m.Move = MoveChanged
	}
	return m
}

// lacking counts the elements of a that b does not have.
func lacking(a, b []string) int {
	have := make(map[string]bool, len(b))
	for _, v := range b {
		have[v] = true
	}
	n := 0
	for _, v := range a {
		if !have[v] {
			n++
		}
	}
	return n
}

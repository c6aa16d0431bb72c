package checkpoints_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// stored counts the blocks of an owner, and the objects that the view shows of it.
func stored(t *testing.T, path, blocks, view, owner string, id int64) (own, shown int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // nothing was written
	err = db.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM "+blocks+" WHERE "+owner+" = ?1), (SELECT count(*) FROM "+view+" WHERE "+owner+" = ?1)", id).Scan(&own, &shown)
	if err != nil {
		t.Fatal(err)
	}
	return own, shown
}

// TestSameSnapshot: a snapshot that is as an earlier one takes no room, and reads
// as if it did.
func TestSameSnapshot(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	f := open(t, path)
	first := save(t, f, entries()...)
	other := entries()
	other[0].Attrs["mail"] = []string{"c@x"}
	moved := entries()
	moved[1].Key = "uid=folded otherwise" // which the digest leaves out
	reversed := entries()
	slices.Reverse(reversed)
	for name, tt := range map[string]struct {
		entries []plan.Entry
		same    bool
	}{
		"the same":            {entries(), true},
		"in another order":    {reversed, true},
		"another value":       {other, false},
		"another key":         {moved, false},
		"one fewer":           {entries()[:2], false},
		"one twice":           {append(entries(), entries()[0]), false},
		"one more":            {append(entries(), plan.Entry{Kind: plan.Unit, ID: "u", DN: "ou=u", Key: "ou=u"}), false},
		"a name that differs": {append(other[:1:1], entries()[2]), false},
	} {
		s := save(t, f, tt.entries...)
		own, shown := stored(t, path, "entry_blocks", "entries", "snapshot", s.ID)
		distinct := s.Entries[plan.Person] + s.Entries[plan.Group] + s.Entries[plan.Unit]
		if (own == 0) != tt.same || shown != distinct || tt.same && s.Digest != first.Digest {
			t.Errorf("%s: %d blocks, %d entries shown of %d, %s", name, own, shown, distinct, s.Digest)
		}
		got := collect(t, f.Entries(t.Context(), s.ID)(plan.Person))
		for _, e := range got {
			i := slices.IndexFunc(tt.entries, func(w plan.Entry) bool { return w.Kind == plan.Person && w.ID == e.ID })
			if diff := cmp.Diff(tt.entries[i], e); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if groups := collect(t, f.Groups(t.Context(), s.ID)); len(groups) != s.Entries[plan.Group] {
			t.Errorf("%s: %d groups of %d", name, len(groups), s.Entries[plan.Group])
		}
		if head, err := f.LastSnapshot(t.Context()); err != nil || cmp.Diff(s, head) != "" {
			t.Errorf("%s: %v, %s", name, err, cmp.Diff(s, head))
		}
	}
	last := save(t, f, entries()...)
	if n, err := f.PeopleBefore(t.Context(), last.ID+1); err != nil || n != 2 {
		t.Errorf("%d people before, %v", n, err)
	}
}

// TestSameInventory: so does an inventory.
func TestSameInventory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	f := open(t, path)
	people := []plan.Resource{
		{Kind: plan.Person, RemoteID: "r1", Fields: plan.Fields{"userName": "u"}},
		{Kind: plan.Person, RemoteID: "r3", ExternalID: "a", Fields: plan.Fields{"userName": "a"}},
	}
	group := plan.Resource{Kind: plan.Group, RemoteID: "r2", ExternalID: "g", Version: `W/"1"`, Fields: plan.Fields{}, Members: []plan.RemoteID{"r1", "r3"}}
	take := func(group plan.Resource) checkpoints.Inventory {
		t.Helper()
		v, err := f.SaveInventory(t.Context(), "x", at, func(add func(plan.Resource) error) (plan.Proof, error) {
			for _, r := range append(people[:2:2], group) {
				if err := add(r); err != nil {
					return plan.Proof{}, err
				}
			}
			return plan.Proof{Complete: true}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	take(group)
	fewer := group
	fewer.Members = group.Members[:1]
	for name, tt := range map[string]struct {
		group plan.Resource
		same  bool
	}{"the same": {group, true}, "a member fewer": {fewer, false}} {
		v := take(tt.group)
		if own, shown := stored(t, path, "resource_blocks", "resources", "inventory", v.ID); (own == 0) != tt.same || shown != 3 {
			t.Errorf("%s: %d blocks, %d resources shown", name, own, shown)
		}
		if n, err := f.Memberships(t.Context(), v.ID); err != nil || n != len(tt.group.Members) {
			t.Errorf("%s: %d memberships, %v", name, n, err)
		}
		owned, unowned := collect(t, f.Owned(t.Context(), v.ID)(plan.Person)), collect(t, f.Unowned(t.Context(), v.ID)(plan.Person))
		if diff := cmp.Diff(people, append(unowned, owned...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff([]plan.Resource{tt.group}, collect(t, f.HeldGroups(t.Context(), v.ID))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if again, err := f.Inventory(t.Context(), v.ID); err != nil || cmp.Diff(v, again) != "" {
			t.Errorf("%s: %v, %s", name, err, cmp.Diff(v, again))
		}
	}
}

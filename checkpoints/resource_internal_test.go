package checkpoints

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// A resource comes back as it was, between others.
func FuzzResource(f *testing.F) {
	f.Add("a", "1", `W/"1"`, plan.WorkEmail, "a@x", "2")
	f.Add("]}", `\"[{`, "<&>\u2028", `urn:x:"\`, "\U0001f600\b\f\n\r\t/", `","`)
	f.Fuzz(func(t *testing.T, external, remote, version, name, value, member string) {
		for _, s := range []*string{&external, &remote, &version, &name, &value, &member} {
			*s = strings.ToValidUTF8(*s, "") // they come in JSON
		}
		want := []plan.Resource{
			{Kind: plan.Group, ExternalID: plan.ExternalID("i" + external), RemoteID: plan.RemoteID(remote), Version: version, Fields: plan.Fields{name: value, version: name}},
			{Kind: plan.Group, ExternalID: plan.ExternalID("i" + value), RemoteID: plan.RemoteID(member), Fields: plan.Fields{}, Members: []plan.RemoteID{plan.RemoteID(member), "", plan.RemoteID(remote)}},
			{Kind: plan.Group, ExternalID: plan.ExternalID("i" + name), RemoteID: plan.RemoteID(value), Fields: plan.Fields{"a": version}},
		}
		var p packer
		var b builder
		var made []block
		put := func(b block) error { made = append(made, b); return nil }
		for _, r := range want {
			if err := p.packResource(r); err != nil {
				t.Fatal(err)
			}
			if err := b.add(p.key, readPacked(p.value), put); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.end(put); err != nil || len(made) != 1 || made[0].objects != len(want) || made[0].held != 3 || made[0].first != want[0].ExternalID {
			t.Fatalf("%+v, %v", made, err)
		}
		if diff := cmp.Diff(want, unpack(t, made[0], (*blockReader).resource)); diff != "" {
			t.Error(diff)
		}
	})
}

// What is damaged is an error, and nothing else.
func TestDamagedResources(t *testing.T) {
	t.Parallel()
	whole := columns{`[["a","1","W/\"1\"",{"userName":"[{"}],["b","2","",{}]]`, `[["3","\"]"],[]]`}
	got := unpack(t, block{kind: plan.Group, body: whole[0], members: whole[1]}, (*blockReader).resource)
	if len(got) != 2 || got[0].Version != `W/"1"` || got[0].Fields["userName"] != "[{" || got[0].Members[1] != `"]` || got[1].Members != nil {
		t.Fatalf("%+v", got)
	}
	for column := range whole {
		for n := range whole[column] {
			c := whole
			if c[column] = c[column][:n]; c[1] == "" {
				continue // is none
			}
			b, err := scanBlock(c)
			for err == nil && !b.ended {
				_, err = b.resource(plan.Group)
			}
			if err == nil {
				t.Errorf("no error: %q", c)
			}
		}
	}
}

// An inventory of many blocks is read in order, whole and in parts, and
// its resources are found by either ID, also where many bear one of ours.
func TestManyResources(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	f, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // the folder goes with the test
	long := strings.Repeat("x", 300)
	var came []plan.Resource
	add := func(k plan.Kind, external plan.ExternalID, members ...plan.RemoteID) {
		came = append(came, plan.Resource{Kind: k, ExternalID: external, RemoteID: plan.RemoteID(fmt.Sprintf("r%04d", len(came))), Version: `W/"1"`, Fields: plan.Fields{plan.UserName: long}, Members: members})
	}
	for i := range 600 {
		add(plan.Person, plan.ExternalID(fmt.Sprintf("p%03d", 7*i%600)))
		add(plan.Person, "")
		add(plan.Person, "p300")
	}
	add(plan.Group, "g", "r0000", "r0001")
	add(plan.Group, "h")
	add(plan.Group, "", "r0001")
	inv, err := f.SaveInventory(t.Context(), "x", time.Now(), func(put func(plan.Resource) error) (plan.Proof, error) {
		for _, r := range came {
			if err := put(r); err != nil {
				return plan.Proof{}, err
			}
		}
		return plan.Proof{Complete: true}, put(came[0]) // again
	})
	if err != nil || inv.Resources[plan.Person] != 1800 || inv.Resources[plan.Group] != 3 {
		t.Fatalf("%v, %v", inv.Resources, err)
	}
	if again, err := f.Inventory(t.Context(), inv.ID); err != nil || !cmp.Equal(again.Resources, inv.Resources) {
		t.Errorf("%v, %v", again.Resources, err)
	}
	if n, err := f.Memberships(t.Context(), inv.ID); err != nil || n != 3 {
		t.Errorf("%d memberships, %v", n, err)
	}
	slices.SortStableFunc(came, func(a, b plan.Resource) int {
		return objectKey{a.Kind, a.ExternalID, a.RemoteID}.compare(objectKey{b.Kind, b.ExternalID, b.RemoteID})
	})
	pick := func(k plan.Kind, which func(plan.Resource) bool) (some []plan.Resource) {
		for _, r := range came {
			if r.Kind == k && which(r) {
				some = append(some, r)
			}
		}
		return some
	}
	owned := func(r plan.Resource) bool { return r.ExternalID != "" }
	unowned := func(r plan.Resource) bool { return r.ExternalID == "" }
	everyone := func(plan.Resource) bool { return true }
	check := func(what string, want, got []plan.Resource, err error) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %.2000s", what, err, diff)
		}
	}
	got, err := collected(f.Owned(t.Context(), inv.ID)(plan.Person))
	check("owned", pick(plan.Person, owned), got, err)
	got, err = collected(f.Unowned(t.Context(), inv.ID)(plan.Person))
	check("unowned", pick(plan.Person, unowned), got, err)
	got, err = collected(f.HeldGroups(t.Context(), inv.ID))
	check("groups", pick(plan.Group, everyone), got, err)
	got, err = collected(f.groupsWith(t.Context(), inv.ID, "r0001"))
	check("groups with somebody", pick(plan.Group, func(r plan.Resource) bool { return slices.Contains(r.Members, "r0001") }), got, err)
	for i, want := range came {
		if want.Kind != plan.Person || i%29 > 0 {
			continue
		}
		one, err := f.resourceBy(t.Context(), inv.ID, plan.Person, want.RemoteID)
		if err != nil || one == nil || one.RemoteID != want.RemoteID || one.ExternalID != want.ExternalID {
			t.Fatalf("%s: %+v, %v", want.RemoteID, one, err)
		}
		if want.ExternalID == "" {
			continue
		}
		one, err = f.resourceOf(t.Context(), inv.ID, plan.Person, noMembersRead, want.ExternalID, want.RemoteID)
		if err != nil || one == nil || one.RemoteID != want.RemoteID {
			t.Fatalf("%s %s: %+v, %v", want.ExternalID, want.RemoteID, one, err)
		}
	}
	for _, id := range []plan.ExternalID{"a", "p300x", "z"} {
		if one, err := f.resourceOf(t.Context(), inv.ID, plan.Person, noMembersRead, id, ""); err != nil || one != nil {
			t.Errorf("%s: %+v, %v", id, one, err)
		}
	}
}

// The view shows every resource as it was stored.
func TestResourcesView(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	f, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // the folder goes with the test
	want := []plan.Resource{
		{Kind: plan.Group, RemoteID: "9", Fields: plan.Fields{plan.DisplayName: "h"}, Members: []plan.RemoteID{"1"}},
		{Kind: plan.Group, ExternalID: "b", RemoteID: "2", Fields: plan.Fields{plan.DisplayName: "<g>"}, Members: []plan.RemoteID{"1", `"`}},
		{Kind: plan.Group, ExternalID: "c", RemoteID: "3", Fields: plan.Fields{}},
		{Kind: plan.Person, ExternalID: "a", RemoteID: "1", Version: `W/"1"`, Fields: plan.Fields{plan.WorkEmail: "a@x"}},
	}
	if _, err := f.SaveInventory(t.Context(), "x", time.Now(), func(put func(plan.Resource) error) (plan.Proof, error) {
		for _, r := range want {
			if err := put(r); err != nil {
				return plan.Proof{}, err
			}
		}
		return plan.Proof{Complete: true}, nil
	}); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // nothing was written
	rows, err := db.QueryContext(t.Context(), "SELECT kind, external_id, remote_id, version, fields, members FROM resources WHERE inventory = 1 ORDER BY kind, external_id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []plan.Resource
	for rows.Next() {
		var r plan.Resource
		var fields, members string
		if err := rows.Scan(&r.Kind, &r.ExternalID, &r.RemoteID, &r.Version, &fields, &members); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(fields), &r.Fields); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(members), &r.Members); err != nil {
			t.Fatal(err)
		}
		if len(r.Members) == 0 {
			r.Members = nil
		}
		got = append(got, r)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

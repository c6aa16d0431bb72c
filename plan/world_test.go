package plan_test

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"testing"

	"ldap2scim/plan"
)

// world is a directory and a destination in memory. The destination keeps the
// rules that a service keeps: ids of its own, names unique without regard to
// case, members that exist.
type world struct {
	entries   []plan.Entry
	resources map[plan.RemoteID]plan.Resource
	nextID    int
	rules     plan.Rules
	tenant    map[plan.ExternalID]plan.Account
	attested  []plan.Attestation
	seen      []plan.Evidence
	records   plan.Records
	// unread makes the reads incomplete.
	snapshotMissing, inventoryMissing string
}

func rules() plan.Rules {
	return plan.Rules{
		Person: []plan.Mapping{
			{Target: plan.UserName, Source: "uid"},
			{Target: plan.GivenName, Source: "givenname"},
			{Target: plan.FamilyName, Source: "sn"},
			{Target: plan.WorkEmail, Source: "mail"},
			{Target: custom, Source: "costcode"},
		},
		Group:             []plan.Mapping{{Target: plan.DisplayName, Source: "cn"}},
		Inactive:          plan.Test{Attribute: "nsaccountlock", Values: []string{"true"}},
		MembersPerRequest: 2,
	}
}

const custom = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:costCode"

func person(id, uid string, more ...string) plan.Entry {
	e := plan.Entry{
		Kind: plan.Person, ID: plan.ExternalID(id), DN: "uid=" + uid + "+id=" + id + ",dc=x", Key: "id=" + id,
		Attrs: map[string][]string{"uid": {uid}, "givenname": {"G" + id}, "sn": {"S" + id}, "mail": {id + "@example.com"}},
	}
	for i := 0; i+1 < len(more); i += 2 {
		e.Attrs[more[i]] = []string{more[i+1]}
		if more[i+1] == "" {
			delete(e.Attrs, more[i])
		}
	}
	return e
}

func group(id, cn string, memberIDs ...string) plan.Entry {
	e := plan.Entry{Kind: plan.Group, ID: plan.ExternalID(id), DN: "cn=" + cn + "+id=" + id, Key: "id=" + id, Attrs: map[string][]string{"cn": {cn}}}
	for _, m := range memberIDs {
		e.Members = append(e.Members, "id="+m)
	}
	return e
}

func (w *world) put(r plan.Resource) plan.RemoteID {
	w.nextID++
	if w.resources == nil {
		w.resources = map[plan.RemoteID]plan.Resource{}
	}
	if r.RemoteID == "" {
		r.RemoteID = plan.RemoteID(fmt.Sprintf("r%03d", w.nextID))
	}
	w.resources[r.RemoteID] = r
	return r.RemoteID
}

func proof(missing string) plan.Proof {
	return plan.Proof{Complete: missing == "", Searches: []plan.Search{{Name: "users", Missing: missing}}}
}

func (w *world) input() plan.Input {
	if w.rules.Person == nil {
		w.rules = rules()
	}
	in := plan.Input{
		Rules: w.rules, Attestations: w.attested, Evidence: w.seen,
		Tenant: plan.Tenant{Digest: "t", Account: func(id plan.ExternalID, _ string) (plan.Account, bool) {
			a, known := w.tenant[id]
			return a, known
		}, Accounts: w.accounts(), Records: w.records},
		Snapshot: plan.Snapshot{Digest: "s", Proof: proof(w.snapshotMissing), Entries: func(k plan.Kind) iter.Seq2[plan.Entry, error] {
			return sorted(w.entries, func(e plan.Entry) bool { return e.Kind == k }, func(e plan.Entry) string { return string(e.ID) })
		}},
		Inventory: plan.Inventory{Digest: "i", Proof: proof(w.inventoryMissing), Owned: w.side(true), Unowned: w.side(false)},
	}
	in.Snapshot.Groups = in.Snapshot.Entries(plan.Group)
	in.Inventory.Groups = func(yield func(plan.Resource, error) bool) {
		for _, r := range w.resources {
			if r.Kind == plan.Group && !yield(r, nil) {
				return
			}
		}
	}
	in.Inventory.Settings = func(yield func(plan.Resource, error) bool) {
		for _, r := range w.resources {
			if r.Kind == plan.Setting && !yield(r, nil) {
				return
			}
		}
	}
	return in
}

// accounts yields the vendor's accounts, or is nil when there are none.
func (w *world) accounts() iter.Seq2[plan.Account, error] {
	if len(w.tenant) == 0 {
		return nil
	}
	return sorted(slices.Collect(maps.Values(w.tenant)), func(plan.Account) bool { return true }, func(a plan.Account) string { return a.UID })
}

func (w *world) side(owned bool) func(plan.Kind) iter.Seq2[plan.Resource, error] {
	return func(k plan.Kind) iter.Seq2[plan.Resource, error] {
		return sorted(slices.Collect(maps.Values(w.resources)),
			func(r plan.Resource) bool { return r.Kind == k && (r.ExternalID != "") == owned },
			func(r plan.Resource) string { return string(r.ExternalID) + "\x00" + string(r.RemoteID) })
	}
}

func sorted[T any](all []T, keep func(T) bool, by func(T) string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		all := slices.SortedFunc(slices.Values(all), func(a, b T) int { return cmp.Compare(by(a), by(b)) })
		for _, v := range all {
			if keep(v) && !yield(v, nil) {
				return
			}
		}
	}
}

// record keeps all that a plan says. It takes no step on an object that was not
// decided before.
type record struct {
	steps     []plan.Step
	findings  []plan.Finding
	decisions []plan.Decision
}

func (r *record) Step(s plan.Step) error {
	if !slices.ContainsFunc(r.decisions, func(c plan.Decision) bool { return c.Object == s.Object && c.Kind == s.Source() }) {
		return fmt.Errorf("a step on %s %s comes before the decision", s.Source(), s.Name)
	}
	r.steps = append(r.steps, s)
	return nil
}

func (r *record) Finding(f plan.Finding) error   { r.findings = append(r.findings, f); return nil }
func (r *record) Decision(c plan.Decision) error { r.decisions = append(r.decisions, c); return nil }

func decide(t testing.TB, w *world) (plan.Summary, record) {
	t.Helper()
	var r record
	sum, err := plan.Decide(w.input(), &r)
	if err != nil {
		t.Fatalf("Decide: %v", err)
	}
	if again, err := plan.Decide(w.surveyed(t), &record{}); err != nil || again.Digest != sum.Digest {
		t.Fatalf("with a census that was taken before: plan %s instead of %s, %v", again.Digest, sum.Digest, err)
	}
	return sum, r
}

// surveyed is the input with a census that was taken in any order.
func (w *world) surveyed(t testing.TB) plan.Input {
	t.Helper()
	in := w.input()
	census, err := plan.NewCensus(in.Rules, in.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range w.resources {
		if r.Kind == plan.Person {
			census.Hold(r)
		}
	}
	for _, e := range w.entries {
		if e.Kind == plan.Person {
			census.Want(e)
		}
	}
	in.Census = census
	return in
}

// carryOut does to the destination what a service would do, or says why not.
func (w *world) carryOut(s plan.Step) error {
	target := s.Remote
	if target == "" && s.Action != plan.Create {
		target = w.find(s.Object)
	}
	r := w.resources[target]
	r.Fields = maps.Clone(r.Fields)
	if s.Action == plan.Create {
		if r := w.find(s.Object); r != "" {
			return fmt.Errorf("%s exists", s.Object)
		}
		r = plan.Resource{Kind: s.Kind, ExternalID: s.Object, Fields: plan.Fields{}}
	} else if r.RemoteID == "" {
		return fmt.Errorf("step on %s: no such resource", s.Object)
	}
	for path, v := range s.After {
		if path == plan.ExternalIDPath {
			r.ExternalID = plan.ExternalID(v)
			continue
		}
		r.Fields[path] = v
	}
	for _, o := range w.resources {
		if o.Kind == r.Kind && r.Kind != plan.Setting && o.RemoteID != r.RemoteID && plan.Fold(o.Name()) == plan.Fold(r.Name()) && plan.Fold(r.Name()) != plan.Fold(w.resources[target].Name()) {
			return fmt.Errorf("%s %q is taken", r.Kind, r.Name())
		}
	}
	for _, m := range s.Members {
		id := w.find(m)
		at := slices.Index(r.Members, id)
		switch {
		case id == "":
			return fmt.Errorf("member %s does not exist", m)
		case s.Action == plan.AddMembers && at >= 0, s.Action == plan.Take && at < 0:
			return fmt.Errorf("member %s: %c of what is so already", m, s.Action)
		case s.Action == plan.AddMembers:
			r.Members = append(slices.Clone(r.Members), id)
		default:
			r.Members = slices.Delete(slices.Clone(r.Members), at, at+1)
		}
	}
	w.put(r)
	return nil
}

func (w *world) find(id plan.ExternalID) plan.RemoteID {
	for _, r := range w.resources {
		if r.ExternalID == id {
			return r.RemoteID
		}
	}
	return ""
}

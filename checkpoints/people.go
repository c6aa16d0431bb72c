package checkpoints

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"ldap2scim/plan"
)

// PersonKey is what somebody may be asked for by.
type PersonKey struct {
	// Text is a userName, an email, a DN, the source's ID or the destination's
	// id.
	Text string
	// DN is the folded DN when the text is one, or "".
	DN string
}

// People returns whom a plan knows by a key: the source's IDs, and the
// destination's ids of those whom the directory does not know. Names and
// emails are compared without regard to case.
func (f *File) People(ctx context.Context, p Plan, key PersonKey) ([]plan.ExternalID, []plan.RemoteID, error) {
	known := map[plan.ExternalID]bool{}
	add := func(all iter.Seq2[plan.ExternalID, error]) (err error) {
		for id, e := range all {
			if err = e; err == nil {
				known[id] = true
			}
		}
		return err
	}
	strangers, err := f.held(ctx, p, key, known)
	err = errors.Join(
		err,
		add(f.decided(ctx, p, key)),
		add(f.read(ctx, p, key)),
	)
	if err != nil {
		return nil, nil, fmt.Errorf("look for %s: %w", key.Text, err)
	}
	return sortedKeys(known), strangers, nil
}

func sortedKeys(known map[plan.ExternalID]bool) []plan.ExternalID {
	var ids []plan.ExternalID
	for id := range known {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// decided looks among the plan's decisions.
func (f *File) decided(ctx context.Context, p Plan, key PersonKey) iter.Seq2[plan.ExternalID, error] {
	return matching(each(ctx, f, scanDecision, decisionColumns+` WHERE plan = ? AND kind = 'person' AND (object = ? OR remote = ? OR name LIKE ? ESCAPE '\')`,
		p.ID, key.Text, key.Text, likeness(key.Text)),
		func(d plan.Decision) (plan.ExternalID, bool) {
			return d.Object, key.is(string(d.Object)) || key.is(string(d.Remote)) || key.folds(d.Name)
		})
}

// read looks among the entries of the snapshot.
func (f *File) read(ctx context.Context, p Plan, key PersonKey) iter.Seq2[plan.ExternalID, error] {
	return matching(f.entries(ctx, plan.Person, "SELECT body, NULL FROM entry_blocks WHERE snapshot = "+entriesOf+` AND kind = 'person'
		AND (body LIKE ?2 ESCAPE '\' OR ?3 <> '' AND body LIKE ?4 ESCAPE '\')`, p.Snapshot, "%"+likeness(key.Text)+"%", key.DN, "%"+likeness(key.DN)+"%"),
		func(e plan.Entry) (plan.ExternalID, bool) {
			made, err := p.Rules.Made(e)
			return e.ID, key.is(string(e.ID)) || key.DN != "" && key.DN == e.Key || key.folds(e.DN) ||
				err == nil && (key.folds(made[plan.UserName]) || key.folds(made[plan.WorkEmail]))
		})
}

// held looks among the destination's people. Those of ours are added to known,
// the others returned unless the plan adopts them.
func (f *File) held(ctx context.Context, p Plan, key PersonKey, known map[plan.ExternalID]bool) ([]plan.RemoteID, error) {
	var strangers []plan.RemoteID
	for r, err := range f.resources(ctx, plan.Person, noMembersRead+" FROM resource_blocks WHERE inventory = "+resourcesOf+` AND kind = 'person' AND body LIKE ? ESCAPE '\' ORDER BY number`,
		p.Inventory, "%"+likeness(key.Text)+"%") {
		if err != nil {
			return nil, err
		}
		if !key.is(string(r.ExternalID)) && !key.is(string(r.RemoteID)) && !key.folds(r.Fields[plan.UserName]) && !key.folds(r.Fields[plan.WorkEmail]) {
			continue
		}
		ours := false
		for d, err := range each(ctx, f, scanDecision, decisionColumns+" WHERE plan = ? AND kind = 'person' AND (object = ? OR remote = ?)", p.ID, string(r.ExternalID), string(r.RemoteID)) {
			if err != nil {
				return nil, err
			}
			known[d.Object], ours = true, true
		}
		if !ours {
			strangers = append(strangers, r.RemoteID)
		}
	}
	return strangers, nil
}

// matching keeps the IDs of what matches.
func matching[T any](all iter.Seq2[T, error], match func(T) (plan.ExternalID, bool)) iter.Seq2[plan.ExternalID, error] {
	return func(yield func(plan.ExternalID, error) bool) {
		for v, err := range all {
			id := plan.ExternalID("")
			found := err != nil
			if err == nil {
				id, found = match(v)
			}
			if found && !yield(id, err) {
				return
			}
		}
	}
}

func (k PersonKey) is(s string) bool { return s != "" && s == k.Text }

func (k PersonKey) folds(s string) bool { return s != "" && plan.Fold(s) == plan.Fold(k.Text) }

// likeness is a LIKE pattern that fits every spelling of s which folds to the
// same, and more: LIKE ignores the case of ASCII letters only, and a value in
// JSON has escapes.
func likeness(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.TrimSpace(s)) {
		switch {
		case r == '%' || r == '_':
			b.WriteString(`\` + string(r))
		case r >= 0x80 || r < 0x20 || strings.ContainsRune(`\"<>&`, r), strings.ContainsRune("sSkK", r):
			b.WriteString("%") // ſ folds to s, the sign of Kelvin to k
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

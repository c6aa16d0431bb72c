package migrate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"ldap2scim/checkpoints"
	"ldap2scim/internal/views"
	"ldap2scim/plan"
)

// TenantNumbers holds the vendor's own records against those that p was made
// with, as tables of a report: the accounts by source, and the Managed Apple
// IDs. They name nobody. There are none when either side has no accounts.
func TenantNumbers(ctx context.Context, f *checkpoints.File, p checkpoints.Plan, now checkpoints.Tenant) ([]Numbers, error) {
	if p.Tenant == 0 || len(now.Records.Sources) == 0 {
		return nil, nil
	}
	then, err := f.Tenant(ctx, p.Tenant)
	if err != nil || len(then.Records.Sources) == 0 {
		return nil, err
	}
	seen, err := f.Evidence(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := compareAppleIDs(ctx, f, then.ID, now)
	if err != nil {
		return nil, err
	}
	accounts := sourceNumbers(then.Records.Sources, now.Records.Sources)
	if proof := plan.ProofOf(plan.LDAPDisabled, seen); proof != nil {
		accounts.Text = "That the LDAP server is disabled is proven by the " + proof.Kind + ", which goes to " + views.Moment(proof.At) + "."
	}
	return []Numbers{accounts, ids.numbers()}, nil
}

// sourceNumbers is the reconciliation on the vendor's side: LDAP goes down,
// SCIM up, and the total stays.
func sourceNumbers(then, now map[string]int) Numbers {
	n := Numbers{ID: "accounts", Title: "Accounts of the MDM by source", Columns: []string{"source", "before", "after"}}
	all := maps.Clone(then)
	maps.Copy(all, now)
	before, after := 0, 0
	for _, source := range slices.Sorted(maps.Keys(all)) {
		n.Lines = append(n.Lines, []string{cmp.Or(source, "unknown"), views.Digits(then[source]), views.Digits(now[source])})
		before, after = before+then[source], after+now[source]
	}
	n.Lines = append(n.Lines, []string{"in all", views.Digits(before), views.Digits(after)})
	return n
}

// appleIDs counts accounts that had a Managed Apple ID by what became of it.
// Unknown are those of which the later records do not say it.
type appleIDs struct{ kept, changed, lost, unknown int }

func (a appleIDs) numbers() Numbers {
	n := Numbers{ID: "managed-apple-ids", Title: "Managed Apple IDs", Columns: []string{"", "accounts"}}
	for _, line := range []struct {
		what string
		n    int
	}{{"kept", a.kept}, {"changed", a.changed}, {"lost", a.lost}, {"not known", a.unknown}} {
		n.Lines = append(n.Lines, []string{line.what, strconv.Itoa(line.n)})
	}
	if a.changed+a.lost+a.unknown == 0 {
		n.Text = fmt.Sprintf("None has changed: all %s are as they were.", views.Digits(a.kept))
	}
	return n
}

// compareAppleIDs reads both lists of accounts side by side, in the order of
// their user IDs.
func compareAppleIDs(ctx context.Context, f *checkpoints.File, then int64, now checkpoints.Tenant) (counts appleIDs, err error) {
	later := pull(f.Accounts(ctx, now.ID))
	defer later.stop()
	for old, err := range f.Accounts(ctx, then) {
		if err != nil {
			return counts, err
		}
		a, more, err := later.peek()
		for ; err == nil && more && plan.Fold(a.UID) < plan.Fold(old.UID); a, more, err = later.peek() {
			later.drop()
		}
		if err != nil {
			return counts, err
		}
		same := more && plan.Fold(a.UID) == plan.Fold(old.UID)
		switch {
		case old.AppleID == "":
		case !same, !now.Records.AppleIDs:
			counts.unknown++
		case a.AppleID == "":
			counts.lost++
		case plan.Fold(a.AppleID) == plan.Fold(old.AppleID):
			counts.kept++
		default:
			counts.changed++
		}
	}
	return counts, nil
}

package migrate

import (
	"context"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// tenantOf is what stored records of the vendor's are to the planner. The
// accounts are held in memory, by their IDs and user IDs.
//
// An account that has the stable ID of somebody in the snapshot is theirs, and
// nobody else's whose userName happens to be its user ID.
func tenantOf(ctx context.Context, f *checkpoints.File, id, snapshot int64) (plan.Tenant, error) {
	if id == 0 {
		return plan.Tenant{}, nil
	}
	head, err := f.Tenant(ctx, id)
	if err != nil {
		return plan.Tenant{}, err
	}
	t := plan.Tenant{Digest: head.Digest, Accounts: f.Accounts(ctx, id), Records: head.Records}
	var all []plan.Account
	byID, byUID := map[plan.ExternalID]int{}, map[string]int{}
	for a, err := range t.Accounts {
		if err != nil {
			return plan.Tenant{}, err
		}
		for _, id := range a.IDs {
			byID[id] = len(all)
		}
		byUID[plan.Fold(a.UID)] = len(all)
		all = append(all, a)
	}
	if len(all) == 0 {
		t.Accounts = nil // evidence alone was gathered, or files with references
		return t, nil
	}
	theirs := make([]bool, len(all))
	for e, err := range f.Entries(ctx, snapshot)(plan.Person) {
		if err != nil {
			return plan.Tenant{}, err
		}
		if i, known := byID[e.ID]; known {
			theirs[i] = true
		}
	}
	t.Account = func(id plan.ExternalID, userName string) (plan.Account, bool) {
		i, known := byID[id]
		if !known {
			i, known = byUID[plan.Fold(userName)]
			known = known && !theirs[i]
		}
		if !known {
			return plan.Account{}, false
		}
		return all[i], true
	}
	return t, nil
}

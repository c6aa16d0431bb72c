package scimdst

import (
	"context"

	"ldap2scim/plan"
)

// List reads one endpoint to its end and yields each person or group once, in
// the order of the service. An error of yield ends it and is returned as it is.
//
// An error means that the read broke off. Where the service contradicts
// itself there is no error: Search.Missing says what is wrong, and the read is
// not complete.
//
// Members are read where the profile says that they are shown. Where it does
// not know, and the service leaves them out of listings but shows them with
// the single group, each group is read by itself; a service that shows them
// nowhere cannot be told from one whose groups are empty. Where the profile
// says that they are unreadable, and there are groups, Missing says so.
func (r *Reader) List(ctx context.Context, kind plan.Kind, yield func(plan.Resource) error) (plan.Search, error) {
	m := membership{reader: r}
	search, err := r.walk(ctx, kind, "", func(h held) error {
		if kind == plan.Group {
			var err error
			if h, err = m.complete(ctx, h); err != nil {
				return err
			}
		}
		return yield(h.Resource)
	})
	if err == nil && kind == plan.Group && search.Entries > 0 && search.Missing == "" && r.profile.Members.Shown == ShownNowhere {
		search.Missing = unverifiable
	}
	return search, err
}

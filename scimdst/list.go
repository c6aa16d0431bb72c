package scimdst

import (
	"context"

	"ldap2scim/plan"
)

// longestProbe is how many groups without members in the listing are read one
// by one to find out whether the listing leaves members out.
const longestProbe = 10

// List reads one endpoint to its end and yields each person or group once, in
// the order of the service. An error of yield ends it and is returned as it is.
//
// An error means that the read broke off. Where the service contradicts
// itself there is no error: Search.Missing says what is wrong, and the read is
// not complete.
//
// Where a service leaves members out of listings but shows them with the
// single group, each group is read by itself. A service that shows members
// nowhere cannot be told from one whose groups are empty.
func (r *Reader) List(ctx context.Context, kind plan.Kind, yield func(plan.Resource) error) (plan.Search, error) {
	m := membership{reader: r}
	return r.walk(ctx, kind, "", func(h held) error {
		if kind == plan.Group {
			var err error
			if h, err = m.complete(ctx, h); err != nil {
				return err
			}
		}
		return yield(h.Resource)
	})
}

// membership finds the members that a listing may have left out.
type membership struct {
	reader *Reader
	// listed: the listing has shown members of some group, so it leaves out
	// none. single: the single group shows what the listing does not.
	listed, single bool
	probed         int
}

func (m *membership) complete(ctx context.Context, h held) (held, error) {
	if h.membersShown {
		m.listed = true
		m.reader.membersShown.Store(true)
		return h, nil
	}
	if m.listed || !m.single && m.probed >= longestProbe {
		return h, nil
	}
	m.probed++
	alone, err := m.reader.get(ctx, plan.Group, h.RemoteID)
	if err != nil {
		return held{}, err
	}
	if len(alone.Members) > 0 {
		m.single = true
	}
	return alone, nil
}

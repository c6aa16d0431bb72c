package scimdst

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"ldap2scim/plan"
)

// longestProbe is how many groups without members in the listing are read one
// by one to find out whether the listing leaves members out.
const longestProbe = 10

// unverifiable is what is said of members that cannot be read.
const unverifiable = "the service does not show who is in a group, so membership cannot be verified"

// errUnverifiable: nobody can tell, and asking again does not help.
var errUnverifiable = errors.New(unverifiable)

// membership completes the groups of a listing with their members.
type membership struct {
	reader *Reader
	// listed: the listing has shown members of some group, so it leaves out
	// none. single: the single group shows what the listing does not.
	listed, single bool
	probed         int
}

func (m *membership) complete(ctx context.Context, h held) (held, error) {
	switch m.reader.profile.Members.Shown {
	case ShownListed, ShownNowhere:
		return h, nil
	case ShownByUser:
		return m.reader.withUsers(ctx, h)
	case ShownSingle:
		return m.reader.get(ctx, plan.Group, h.RemoteID)
	case ShownUnknown:
	}
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

// group reads one group with its members, as far as they can be read.
func (r *Reader) group(ctx context.Context, id plan.RemoteID) (held, error) {
	h, err := r.get(ctx, plan.Group, id)
	if err != nil || r.profile.Members.Shown != ShownByUser {
		return h, err
	}
	return r.withUsers(ctx, h)
}

// withUsers finds the members of a group by searching for people who are in
// it.
func (r *Reader) withUsers(ctx context.Context, h held) (held, error) {
	if !r.byGroup.Load() {
		// A service that ignores this filter would show everybody as a member.
		search, err := r.usersIn(ctx, "nobody-"+rand.Text(), func(held) error { return errEnough })
		if errors.Is(err, errEnough) || search.Missing != "" {
			return held{}, fmt.Errorf("search for the members of a group that does not exist: the service answered with somebody, so it ignores the filter")
		}
		if err != nil && !isRefusedFilter(err) { // an unknown group may be an error
			return held{}, err
		}
		r.byGroup.Store(true)
	}
	h.Members, h.membersShown = nil, true
	search, err := r.usersIn(ctx, string(h.RemoteID), func(u held) error {
		if u.groupsShown && !slices.Contains(u.groups, h.RemoteID) {
			return fmt.Errorf("search for the members of group %s: the service answered with %s, who is in other groups", h.RemoteID, u.RemoteID)
		}
		h.Members = append(h.Members, u.RemoteID)
		return nil
	})
	if err == nil && search.Missing != "" {
		err = fmt.Errorf("search for the members of group %s: %s", h.RemoteID, search.Missing)
	}
	slices.Sort(h.Members)
	return h, err
}

func (r *Reader) usersIn(ctx context.Context, group string, take func(held) error) (plan.Search, error) {
	return r.walk(ctx, plan.Person, equals{attribute: "groups.value", value: group}.String(), take)
}

// showsMembers reports whether a group that shows no members has none.
func (r *Reader) showsMembers(h held) bool {
	switch r.profile.Members.Shown {
	case ShownListed, ShownSingle, ShownByUser:
		return true
	case ShownNowhere:
		return false
	case ShownUnknown:
	}
	return h.membersShown || r.membersShown.Load()
}

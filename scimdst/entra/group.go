package entra

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// mark is how a group says of which object of the directory it is made. It
// stands in the description, which people may lengthen.
const mark = "ldap2scim:"

func description(id plan.ExternalID) string {
	return "Made from the directory; do not change this line. " + mark + string(id)
}

// markedID is the ID that a description has, or "".
func markedID(description string) plan.ExternalID {
	found := regexp.MustCompile(regexp.QuoteMeta(mark) + `(\S+)`).FindStringSubmatch(description)
	if found == nil {
		return ""
	}
	return plan.ExternalID(found[1])
}

// nickname is the mailNickname of a group, which must be there and says
// nothing: at most 64 characters of ASCII.
func nickname(id plan.ExternalID) string {
	sum := sha256.Sum256([]byte(id))
	return "ldap2scim-" + hex.EncodeToString(sum[:16])
}

// group is one group as Graph lists it.
type group struct {
	ID          string   `json:"id"`
	DisplayName string   `json:"displayName"`
	Description string   `json:"description"`
	Types       []string `json:"groupTypes"`
	Mail        bool     `json:"mailEnabled"`
	Security    bool     `json:"securityEnabled"`
	Rule        string   `json:"membershipRule"`
	Synced      bool     `json:"onPremisesSyncEnabled"`
	SID         string   `json:"onPremisesSecurityIdentifier"`
}

const groupProperties = "id,displayName,description,groupTypes,mailEnabled,securityEnabled,membershipRule,onPremisesSyncEnabled,onPremisesSecurityIdentifier"

func (g group) resource() plan.Resource {
	f := plan.Fields{plan.DisplayName: g.DisplayName}
	switch {
	case g.Synced:
		f[plan.FactOwner] = syncedBy
	case g.Rule != "" || slices.Contains(g.Types, "DynamicMembership"):
		f[plan.FactOwner] = "its membership rule"
	case g.Mail:
		f[plan.FactOwner] = "Exchange"
	}
	if !g.Security {
		f[plan.FactUnfit] = "no security group"
	}
	return plan.Resource{Kind: plan.Group, RemoteID: plan.RemoteID(g.ID), ExternalID: markedID(g.Description), Fields: f}
}

// synced is a group of the directory that may be in the tenant already.
type synced struct {
	id plan.ExternalID
	// nests says that groups are among its members, so that what is synced is
	// not what is wanted: the people of all of them.
	nests bool
}

// listGroups reads all groups, and the members of those that are ours.
func (r *Reader) listGroups(ctx context.Context, yield func(plan.Resource) error) (plan.Search, error) {
	bySID, err := r.groupsOfDirectory()
	if err != nil {
		return plan.Search{}, err
	}
	var ours []plan.Resource // whose members are read next
	read := func() error {
		if err := r.members(ctx, ours); err != nil {
			return err
		}
		for i := range ours {
			if err := yield(ours[i]); err != nil {
				return err
			}
			ours[i] = plan.Resource{}
		}
		ours = ours[:0]
		return nil
	}
	s, err := each(ctx, r.graph, r.patience, get(fmt.Sprintf("/groups?$select=%s&$top=%d", url.QueryEscape(groupProperties), pageMost)), func(g group) error {
		res := g.resource()
		if of, known := bySID[g.SID]; known && g.SID != "" {
			if of.nests {
				return nil // a helper takes its place, and its name
			}
			res.ExternalID, res.Fields[plan.FactMatched] = of.id, "SID"
		}
		if res.ExternalID == "" {
			return yield(res)
		}
		if ours = append(ours, res); len(ours) == batchMost {
			return read()
		}
		return nil
	})
	if s.Name = "groups"; err == nil && len(ours) > 0 {
		err = read()
	}
	return s, err
}

// groupsOfDirectory are the groups of the snapshot by their SID. They are read
// twice, so that nobody's members are kept.
func (r *Reader) groupsOfDirectory() (map[string]synced, error) {
	bySID, are := map[string]synced{}, map[string]bool{}
	for e, err := range r.groups {
		if err != nil {
			return nil, fmt.Errorf("read the groups to be matched: %w", err)
		}
		are[e.Key] = true
		if s := sid(e.First("objectsid")); s != "" {
			bySID[s] = synced{id: e.ID}
		}
	}
	if len(bySID) == 0 {
		return bySID, nil
	}
	for e, err := range r.groups {
		if err != nil {
			return nil, fmt.Errorf("read the members of the groups to be matched: %w", err)
		}
		if s := sid(e.First("objectsid")); s != "" && bySID[s].id == e.ID {
			bySID[s] = synced{e.ID, slices.ContainsFunc(e.Members, func(dn string) bool { return are[dn] })}
		}
	}
	return bySID, nil
}

// membersPath lists the ids of a group's direct members.
func membersPath(id plan.RemoteID) string {
	return fmt.Sprintf("/groups/%s/members?$select=id&$top=%d", url.PathEscape(string(id)), pageMost)
}

type object struct {
	ID string `json:"id"`
}

// members reads the members of up to twenty groups, the first pages in one
// batch.
func (r *Reader) members(ctx context.Context, groups []plan.Resource) error {
	requests := make([]Request, len(groups))
	for i, g := range groups {
		requests[i] = get(membersPath(g.RemoteID))
	}
	answers, err := readBatch(ctx, r.graph, r.patience, requests)
	if err != nil {
		return err
	}
	for i := range groups {
		var first page[object]
		if err := json.Unmarshal(answers[i], &first); err != nil {
			return fmt.Errorf("read the members of %s: %w", groups[i].RemoteID, err)
		}
		ids := first.Value
		if first.Next != "" {
			rest, err := all[object](ctx, r.graph, r.patience, get(first.Next))
			if err != nil {
				return err
			}
			ids = append(ids, rest...)
		}
		for _, o := range ids {
			groups[i].Members = append(groups[i].Members, plan.RemoteID(o.ID))
		}
		slices.Sort(groups[i].Members)
		groups[i].Members = slices.Compact(groups[i].Members)
	}
	return nil
}

// quote makes a text of OData.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

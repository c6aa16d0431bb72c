package entra

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"ldap2scim/plan"
)

const departmentPath = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"

// readable are the paths of which Entra ID knows something.
func readable() []string {
	paths := []string{plan.UserName, plan.DisplayName, plan.GivenName, plan.FamilyName, plan.WorkEmail, departmentPath}
	slices.Sort(paths)
	return paths
}

// selected are the properties of users that are read.
func selected() []string {
	return []string{
		"id", "userPrincipalName", "mail", "displayName", "givenName", "surname", "department", "accountEnabled", "userType",
		"onPremisesSyncEnabled", "onPremisesImmutableId", "onPremisesSamAccountName", "onPremisesDomainName",
		"onPremisesSecurityIdentifier", "onPremisesExtensionAttributes",
	}
}

// syncedBy is who alone writes to what comes from a directory on premises.
const syncedBy = "Entra Connect"

// user is one user as Graph lists it, with the extensions that were asked for.
type user struct {
	ID          string `json:"id"`
	UPN         string `json:"userPrincipalName"`
	Mail        string `json:"mail"`
	DisplayName string `json:"displayName"`
	GivenName   string `json:"givenName"`
	Surname     string `json:"surname"`
	Department  string `json:"department"`
	Enabled     *bool  `json:"accountEnabled"`
	Type        string `json:"userType"`
	Synced      bool   `json:"onPremisesSyncEnabled"`
	ImmutableID string `json:"onPremisesImmutableId"`
	SAM         string `json:"onPremisesSamAccountName"`
	Domain      string `json:"onPremisesDomainName"`
	SID         string `json:"onPremisesSecurityIdentifier"`
	// Numbered are extensionAttribute1 to 15.
	Numbered map[string]*string `json:"onPremisesExtensionAttributes"`

	extensions map[string]json.RawMessage
}

// UnmarshalJSON keeps the extensions, which have no field of their own.
func (u *user) UnmarshalJSON(b []byte) error {
	type plain user
	if err := json.Unmarshal(b, (*plain)(u)); err != nil {
		return err
	}
	if !bytes.Contains(b, []byte(`"extension_`)) {
		return nil
	}
	if err := json.Unmarshal(b, &u.extensions); err != nil {
		return err
	}
	maps.DeleteFunc(u.extensions, func(name string, _ json.RawMessage) bool { return !strings.HasPrefix(name, "extension_") })
	return nil
}

// value is what the user has in a store.
func (u *user) value(store string) string {
	if v := u.Numbered[store]; v != nil {
		return *v
	}
	var text string
	if json.Unmarshal(u.extensions[store], &text) != nil {
		return ""
	}
	return text
}

func (u *user) keys() keys {
	k := keys{u.ImmutableID, u.SID, "", u.UPN, u.Mail}
	if u.SAM != "" {
		k[2] = u.Domain + "\\" + u.SAM
	}
	return k.folded()
}

// resource is the user as the plan knows it; stores are those of the custom
// attributes, by the name.
func (u *user) resource(stores map[string]string) plan.Resource {
	f := plan.Fields{plan.Active: "true"}
	for path, v := range map[string]string{
		plan.UserName: u.UPN, plan.WorkEmail: u.Mail, plan.DisplayName: u.DisplayName,
		plan.GivenName: u.GivenName, plan.FamilyName: u.Surname, departmentPath: u.Department,
	} {
		if v != "" {
			f[path] = v
		}
	}
	for name, store := range stores {
		if v := u.value(store); v != "" {
			f[plan.CustomURN+name] = v
		}
	}
	if u.Synced {
		f[plan.FactOwner] = syncedBy
	}
	switch {
	case u.Type == "Guest":
		f[plan.FactUnfit] = "a guest"
	case u.Enabled != nil && !*u.Enabled:
		f[plan.FactUnfit] = "disabled"
	}
	return plan.Resource{Kind: plan.Person, RemoteID: plan.RemoteID(u.ID), Fields: f}
}

// listPeople reads all users once and matches them.
func (r *Reader) listPeople(ctx context.Context, yield func(plan.Resource) error) (plan.Search, error) {
	stores, err := r.stores(ctx)
	if err != nil {
		return plan.Search{}, err
	}
	m, err := r.peopleOfDirectory()
	if err != nil {
		return plan.Search{}, err
	}
	query := "?$select=" + url.QueryEscape(strings.Join(append(selected(), extensionsIn(stores)...), ","))
	s, err := each(ctx, r.graph, r.patience, get(fmt.Sprintf("/users%s&$top=%d", query, pageMost)), func(u user) error {
		return m.meet(u.resource(stores), u.keys(), yield)
	})
	s.Name = "users"
	if err != nil {
		return s, err
	}
	if err := m.finish(yield); err != nil {
		return s, err
	}
	_, err = each(ctx, r.graph, r.patience, get("/directory/deletedItems/microsoft.graph.user"+query+fmt.Sprintf("&$top=%d", pageMost)), func(u user) error {
		gone := u.resource(stores)
		gone.Fields[plan.FactUnfit] = "deleted"
		return m.left(gone, u.keys(), yield)
	})
	return s, err
}

// extensionsIn are the directory extensions among the stores, sorted.
func extensionsIn(stores map[string]string) []string {
	var names []string
	for _, s := range stores {
		if strings.HasPrefix(s, "extension_") {
			names = append(names, s)
		}
	}
	slices.Sort(names)
	return names
}

// peopleOfDirectory makes the people of the snapshot known.
func (r *Reader) peopleOfDirectory() (*matcher, error) {
	m := &matcher{}
	made, err := r.rules.Maker()
	if err != nil {
		return nil, err
	}
	for e, err := range r.people {
		if err != nil {
			return nil, fmt.Errorf("read the people to be matched: %w", err)
		}
		if err := m.add(e.ID, keysOf(e, made(e))); err != nil {
			return nil, err
		}
	}
	m.index.seal()
	return m, nil
}

package entratest

import (
	"net/http"
	"strconv"
)

func directoryRoutes() []route {
	const paging = "$select $filter $top $count $skiptoken"
	return []route{
		{method: "GET", pattern: "/users", options: paging, need: readUsers(), cost: 2, handle: local((*Server).listUsers)},
		{method: "GET", pattern: "/users/delta", options: "$select $skiptoken $deltatoken", need: readUsers(), cost: 1, handle: local((*Server).deltaUsers)},
		{method: "GET", pattern: "/users/$count", options: "$filter", need: readUsers(), cost: 1, handle: local((*Server).countUsers)},
		{method: "GET", pattern: "/users/{id}", options: "$select", need: readUsers(), cost: 1, handle: local((*Server).getUser)},
		{method: "PATCH", pattern: "/users/{id}", need: writeUsers(), cost: 1, handle: local((*Server).patchUser)},
		{method: "GET", pattern: "/directory/deletedItems/microsoft.graph.user", options: paging, need: readUsers(), cost: 1, handle: local((*Server).listDeleted)},
		{method: "GET", pattern: "/organization", options: "$select", need: readOrganization(), cost: 1, handle: local((*Server).organization)},
		{method: "GET", pattern: "/subscribedSkus", options: "$select", need: readLicences(), cost: 3, handle: local((*Server).licences)},
	}
}

func usersPage() listing { return listing{context: "users", usual: 100, most: 999} }

// shownUsers are those that have reached the replica.
func (s *Server) shownUsers() []*User {
	list := make([]*User, 0, len(s.world.users))
	for _, u := range s.world.users {
		if !u.Deleted && s.world.seen(u.born) {
			list = append(list, u)
		}
	}
	return list
}

func (s *Server) listUsers(c *call) (reply, error) {
	chosen, f, err := s.usersQuery(c)
	if err != nil {
		return reply{}, err
	}
	return list(c, usersPage(), s.shownUsers(), f, chosen, nil)
}

// listDeleted lists the people in the recycle bin.
//
// Source: learn.microsoft.com/graph/api/directory-deleteditems-list
func (s *Server) listDeleted(c *call) (reply, error) {
	chosen, f, err := s.usersQuery(c)
	if err != nil {
		return reply{}, err
	}
	var gone []*User
	for _, u := range s.world.users {
		if u.Deleted {
			gone = append(gone, u)
		}
	}
	return list(c, usersPage(), gone, f, chosen, nil)
}

func (s *Server) usersQuery(c *call) (selection[*User], filter[*User], error) {
	f, err := filterOf(userProperties(), s.extension, c.option("$filter"))
	if err != nil {
		return nil, f, err
	}
	chosen, err := selectOf(userProperties(), s.extension, c.option("$select"))
	return chosen, f, err
}

// extension finds a directory extension that some application has, or that
// came from a directory on premises.
func (s *Server) extension(name string) (property[*User], bool) {
	if !isExtension(name) {
		return property[*User]{}, false
	}
	for _, a := range s.world.applications {
		for _, e := range a.extensions {
			if e.name == name {
				return extensionProperty(name), true
			}
		}
	}
	for _, u := range s.world.users {
		if _, ok := u.Extensions[name]; ok {
			return extensionProperty(name), true
		}
	}
	return property[*User]{}, false
}

// countUsers answers a number as text, which is an advanced query.
func (s *Server) countUsers(c *call) (reply, error) {
	if c.header.Get("ConsistencyLevel") != "eventual" {
		return reply{}, problem(http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported Query: $count needs ConsistencyLevel: eventual.")
	}
	f, err := filterOf(userProperties(), s.extension, c.option("$filter"))
	if err != nil {
		return reply{}, err
	}
	n := 0
	for _, u := range s.shownUsers() {
		if f.match(u) {
			n++
		}
	}
	return reply{status: http.StatusOK, header: http.Header{"Content-Type": {"text/plain"}}, body: []byte(strconv.Itoa(n))}, nil
}

func (s *Server) getUser(c *call) (reply, error) {
	u, err := s.world.user(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	chosen, err := selectOf(userProperties(), s.extension, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusOK, entity(c, "users", chosen.show(u))), nil
}

// entity is a single object with its context.
func entity(c *call, of string, m map[string]any) map[string]any {
	m["@odata.context"] = c.context(of + "/$entity")
	return m
}

func organizationProperties() []property[*Server] {
	return []property[*Server]{
		{name: "id", get: func(s *Server) any { return s.options.Tenant }, defaults: true},
		{name: "displayName", get: func(*Server) any { return "Example" }, defaults: true},
		{name: "tenantType", get: func(*Server) any { return "AAD" }, defaults: true},
		{name: "onPremisesLastSyncDateTime", get: func(s *Server) any { return stampOrNull(s.options.LastSync) }, defaults: true},
		{name: "onPremisesSyncEnabled", get: func(s *Server) any {
			if s.options.LastSync.IsZero() {
				return nil
			}
			return true
		}, defaults: true},
		{name: "verifiedDomains", get: func(*Server) any {
			return []any{map[string]any{"capabilities": "Email", "isDefault": true, "isInitial": true, "name": "example.onmicrosoft.com", "type": "Managed"}}
		}, defaults: true},
	}
}

func (s *Server) organization(c *call) (reply, error) {
	chosen, err := selectOf(organizationProperties(), nil, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	return list(c, listing{context: "organization", usual: 1, most: 1}, []*Server{s}, filter[*Server]{}, chosen, nil)
}

// The service plans of Entra ID.
//
// Source: learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const (
	planP1   = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"
	planBase = "113feb6c-3fe4-4440-bddc-54d774bf0318" // EXCHANGE_S_FOUNDATION
)

func (s *Server) licences(c *call) (reply, error) {
	plans := []any{map[string]any{"servicePlanId": planBase, "servicePlanName": "EXCHANGE_S_FOUNDATION", "provisioningStatus": "Success", "appliesTo": "Company"}}
	part := "EXCHANGE_S_FOUNDATION"
	if !s.options.NoPremium {
		plans = append(plans, map[string]any{"servicePlanId": planP1, "servicePlanName": "AAD_PREMIUM", "provisioningStatus": "Success", "appliesTo": "User"})
		part = "AAD_PREMIUM"
	}
	sku := map[string]any{
		"accountName": "example", "accountId": s.options.Tenant, "appliesTo": "User", "capabilityStatus": "Enabled", "consumedUnits": 0,
		"id": s.options.Tenant + "_078d2b04-f1bd-4111-bbd4-b4b1b354cef4", "skuId": "078d2b04-f1bd-4111-bbd4-b4b1b354cef4", "skuPartNumber": part,
		"prepaidUnits":    map[string]any{"enabled": 1000, "suspended": 0, "warning": 0, "lockedOut": 0},
		"subscriptionIds": []any{}, "servicePlans": plans,
	}
	all := []property[*Server]{}
	for _, name := range []string{"accountName", "accountId", "appliesTo", "capabilityStatus", "consumedUnits", "id", "skuId", "skuPartNumber", "prepaidUnits", "subscriptionIds", "servicePlans"} {
		all = append(all, property[*Server]{name: name, get: func(*Server) any { return sku[name] }, defaults: true})
	}
	chosen, err := selectOf(all, nil, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	return list(c, listing{context: "subscribedSkus", usual: 1, most: 1}, []*Server{s}, filter[*Server]{}, chosen, nil)
}

package entratest

import "strings"

// scope is who is to be provisioned by a job.
type scope struct {
	users  map[string]bool
	groups map[string]bool
}

// scopeOf is everybody with SyncAll, and otherwise who is assigned: a user, a
// group, and the users who are direct members of an assigned group. Members of
// a group in a group are out.
//
// Source: learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works, scoping
func (w *world) scopeOf(p *principal) scope {
	sc := scope{users: map[string]bool{}, groups: map[string]bool{}}
	if strings.EqualFold(p.secrets["SyncAll"], "true") {
		for _, u := range w.users {
			sc.users[u.ID] = !u.Deleted
		}
		for _, g := range w.groups {
			sc.groups[g.ID] = !g.Deleted
		}
		return sc
	}
	for _, a := range p.assignments {
		if u := w.userByID[a.principal]; u != nil && !u.Deleted {
			sc.users[u.ID] = true
		}
		g := w.groupByID[a.principal]
		if g == nil || g.Deleted {
			continue
		}
		sc.groups[g.ID] = true
		for _, t := range w.direct(g) {
			if t.user != nil {
				sc.users[t.user.ID] = true
			}
		}
	}
	return sc
}

// attribute is an attribute of the directory as the engine names it; "" stands
// for null.
func (u *User) attribute(name string, inScope bool) string {
	switch name {
	case "objectId":
		return u.ID
	case "IsSoftDeleted":
		return truth(u.Deleted || u.Disabled || !inScope)
	case "accountEnabled":
		return truth(!u.Disabled)
	case "dirSyncEnabled":
		if u.OnPremises != nil {
			return "True"
		}
		return ""
	case "userPrincipalName", "originalUserPrincipalName":
		return u.UserPrincipalName
	case "displayName":
		return u.DisplayName
	case "givenName":
		return u.GivenName
	case "surname":
		return u.Surname
	case "mail":
		return u.Mail
	case "mailNickname":
		return u.MailNickname
	case "department":
		return u.Department
	case "jobTitle":
		return u.JobTitle
	case "companyName":
		return u.Company
	case "employeeId":
		return u.EmployeeID
	case "telephoneNumber":
		return u.Phone
	case "onPremisesSecurityIdentifier":
		if u.OnPremises != nil {
			return u.OnPremises.SecurityIdentifier
		}
		return ""
	}
	for i, value := range u.Attributes {
		if name == attributeName(i) {
			return value
		}
	}
	return u.Extensions[name]
}

func (g *Group) attribute(name string, inScope bool) string {
	switch name {
	case "objectId":
		return g.ID
	case "IsSoftDeleted":
		return truth(g.Deleted || !inScope)
	case "displayName":
		return g.DisplayName
	case "description":
		return g.Description
	case "mailNickname":
		return g.MailNickname
	case "mailEnabled":
		return truth(g.MailEnabled)
	case "securityEnabled":
		return truth(!g.NoSecurity)
	}
	return ""
}

func truth(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

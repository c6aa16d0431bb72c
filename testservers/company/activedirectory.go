package company

import (
	"fmt"
	"io"
	"strings"
)

// WriteActiveDirectory writes the same people and groups in the shape of
// Active Directory, for the domain Suffix, which is there already. The names
// that it cannot take, entryUUID and the company's own attributes, are left
// out; who is inactive is disabled in userAccountControl.
func (c Company) WriteActiveDirectory(w io.Writer) (Counts, error) {
	out := newLDIF(w)
	tree := c.tree()
	counts := Counts{Groups: len(tree), Units: 2 + len(departments)}
	unit := func(name, parent string) {
		out.attribute("dn", "OU="+escapeRDN(name)+","+parent)
		out.attribute("objectClass", "organizationalUnit")
		out.end()
	}
	unit("groups", c.suffix())
	unit("people", c.suffix())
	for _, d := range departments {
		unit(d, c.peopleDN())
	}
	for number := range c.People {
		p := c.Person(number)
		c.writeAccount(out, p)
		counts.People++
		if !p.Active {
			counts.Inactive++
		}
	}
	for i, g := range tree {
		entry := c.Group(i)
		out.attribute("dn", entry.DN)
		out.attribute("objectClass", "group")
		out.attribute("sAMAccountName", fmt.Sprintf("group-%06d", i))
		out.attribute("description", "group "+entry.Name)
		for _, p := range g.people {
			out.attribute("member", accountDN(c.Person(int(p))))
		}
		for _, child := range g.groups {
			out.attribute("member", c.Group(int(child)).DN)
		}
		out.end()
		counts.GroupPeople += len(g.people)
		counts.GroupGroups += len(g.groups)
		if len(g.groups) > 0 {
			counts.GroupsOfGroups++
		}
	}
	return counts, out.flush()
}

// accountDN is a person's DN, which begins with cn in Active Directory.
func accountDN(p Person) string {
	if rest, ok := strings.CutPrefix(p.DN, "uid="); ok {
		return "cn=" + rest
	}
	return p.DN
}

func (c Company) writeAccount(out *ldif, p Person) {
	control := 512
	if !p.Active {
		control = 514
	}
	out.attribute("dn", accountDN(p))
	out.attribute("objectClass", "user")
	out.attribute("sAMAccountName", p.UID)
	out.attribute("userPrincipalName", p.UID+"@example.com")
	out.attribute("userAccountControl", fmt.Sprint(control))
	out.attribute("sn", p.FamilyName)
	out.attribute("givenName", p.GivenName)
	out.attribute("displayName", p.GivenName+" "+p.FamilyName)
	if p.Mail != "" {
		out.attribute("mail", p.Mail)
	}
	out.attribute("employeeNumber", p.UID[1:])
	out.attribute("department", p.Department)
	out.attribute("title", p.Title)
	out.attribute("l", p.City)
	out.attribute("telephoneNumber", "+46 31 "+p.UID[1:])
	out.end()
}

package main

import (
	"fmt"
	"strings"

	"ldap2scim/ldapsrc/ldaptest"
)

const (
	companySuffix   = "dc=corp,dc=example"
	companyReader   = "cn=reader," + companySuffix
	companyPassword = "demo-password" // of the built-in directory alone
	companySize     = 200
)

// company is the directory of the demo: about two hundred people in
// departments, with what real directories have in them.
func company() []ldaptest.Entry {
	c := &companyBuilder{}
	c.add(companySuffix, "dcObject", "dc", "corp")
	c.add(companyReader, "organizationalRole", "cn", "reader", "userPassword", companyPassword)
	c.unit("people", companySuffix)
	c.unit("groups", companySuffix)
	for _, d := range departments() {
		c.unit(d, "ou=people,"+companySuffix)
	}
	c.unit("projects", "ou=groups,"+companySuffix)
	c.unit("clubs", "ou=groups,"+companySuffix)
	for i := range companySize - len(oddities()) {
		c.person(ordinary(i))
	}
	for _, odd := range oddities() {
		c.person(odd)
	}
	c.groups()
	return c.entries
}

func departments() []string {
	return []string{"Engineering", "Sales", "Finance", "Operations", "Support", "Human Resources"}
}

// employee is one person of the company.
type employee struct {
	uid, given, family, mail, department string
	costCode                             string
	disabled                             bool
}

// ordinary is the i-th person with nothing odd about them. Names repeat after
// a while, so a number makes the uid unique.
func ordinary(i int) employee {
	given := []string{"Ada", "Bruno", "Chloé", "Dmitri", "Emel", "Fatima", "Grace", "Håkon", "Inés", "Jürgen", "Kaito", "Łucja", "Maeve", "Nikola", "Olu", "Priya", "Quentin", "Rosa", "Søren", "Tomáš"}
	family := []string{"Almeida", "Björk", "Castillo", "Demir", "Eriksen", "Fischer", "García", "Horvát", "Ivanova", "Jensen", "Kowalska", "Lindqvist", "Müller", "Nakamura", "O'Brien", "Petrov", "Quispe", "Rossi", "Šimić", "Traoré", "Ueda", "Vasquez", "Weiß"}
	e := employee{given: given[i%len(given)], family: family[(i*7+i/len(given))%len(family)], department: departments()[(i*5)%len(departments())]}
	e.uid = fmt.Sprintf("%s%s%02d", latin(e.given)[:1], latin(e.family), i/len(given))
	e.mail = e.uid + "@corp.example"
	e.costCode = fmt.Sprintf("CC-%04d", 4000+(i*37)%600)
	return e
}

// latin makes what a mail system takes of a name.
func latin(name string) string {
	return strings.NewReplacer("é", "e", "å", "a", "ü", "u", "ł", "l", "ø", "o", "ö", "o", "á", "a", "š", "s", "ć", "c", "í", "i", "ß", "ss", "'", "").Replace(strings.ToLower(name))
}

// oddities are the people whom a migration finds.
func oddities() []employee {
	return []employee{
		{uid: "pnovak", given: "Petra", family: "Novák", mail: "pnovak@corp.example", department: "Sales", disabled: true},
		{uid: "scanner3", given: "Third", family: "Scanner", department: "Operations"},
		{uid: "teller", given: "Teller", mail: "teller@corp.example", department: "Finance"},
		{uid: "mlopez", given: "María", family: "López", mail: "maria.lopez@corp.example", department: "Support"},
		{uid: "MLopez", given: "Mateo", family: "López", mail: "mateo.lopez@corp.example", department: "Sales"},
	}
}

func (e employee) dn() string {
	return fmt.Sprintf("uid=%s,ou=%s,ou=people,%s", e.uid, e.department, companySuffix)
}

// companyBuilder collects entries.
type companyBuilder struct {
	entries []ldaptest.Entry
	people  map[string][]string // department → DNs
}

// add adds an entry; pairs are attribute names and values, and blank values
// are left out.
func (c *companyBuilder) add(dn, class string, pairs ...string) {
	attrs := map[string][]string{"objectClass": {"top", class}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			attrs[pairs[i]] = append(attrs[pairs[i]], pairs[i+1])
		}
	}
	c.entries = append(c.entries, ldaptest.Entry{DN: dn, Attrs: attrs})
}

func (c *companyBuilder) unit(name, below string) {
	c.add("ou="+name+","+below, "organizationalUnit", "ou", name)
}

func (c *companyBuilder) person(e employee) {
	lock := ""
	if e.disabled {
		lock = "TRUE"
	}
	c.add(e.dn(), "inetOrgPerson", "uid", e.uid, "cn", strings.TrimSpace(e.given+" "+e.family), "givenName", e.given, "sn", e.family,
		"mail", e.mail, "departmentNumber", e.department, "employeeNumber", e.costCode, "nsAccountLock", lock)
	if c.people == nil {
		c.people = map[string][]string{}
	}
	c.people[e.department] = append(c.people[e.department], e.dn())
}

// groups adds one group for each department and, around them, what makes
// groups hard: nesting, a cycle, a name that two have, a member that is gone.
func (c *companyBuilder) groups() {
	var all []string
	for _, d := range departments() {
		dn := "cn=" + d + ",ou=groups," + companySuffix
		all = append(all, dn)
		c.group(dn, d, c.people[d])
	}
	c.group("cn=All Staff,ou=groups,"+companySuffix, "All Staff", all)
	sales, support := c.people["Sales"], c.people["Support"]
	c.group("cn=Leads,ou=projects,ou=groups,"+companySuffix, "Leads", sales[:4])
	c.group("cn=Leads,ou=clubs,ou=groups,"+companySuffix, "Leads", support[:3])
	apollo, artemis := "cn=Apollo,ou=projects,ou=groups,"+companySuffix, "cn=Artemis,ou=projects,ou=groups,"+companySuffix
	c.group(apollo, "Apollo", append([]string{artemis}, sales[:6]...))
	c.group(artemis, "Artemis", append([]string{apollo, "uid=gone,ou=people," + companySuffix}, support[:6]...))
	for i, club := range []string{"Chess", "Chœur", "Football", "Radfahren"} {
		c.group("cn="+club+",ou=clubs,ou=groups,"+companySuffix, club, c.people[departments()[i]][i:i+9])
	}
}

func (c *companyBuilder) group(dn, name string, members []string) {
	c.entries = append(c.entries, ldaptest.Entry{DN: dn, Attrs: map[string][]string{
		"objectClass": {"top", "groupOfNames"}, "cn": {name}, "member": members,
	}})
}

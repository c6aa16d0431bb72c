package company

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Person is a person of the directory.
type Person struct {
	// UUID is the entryUUID.
	UUID                               string
	DN                                 string
	UID, GivenName, FamilyName, Common string
	// Mail is empty, or has the person's main address.
	Mail       string
	Department string
	Active     bool
	CostCode   string
	Badge      string
	Building   string
	// HireDate is a generalized time (RFC 4517 section 3.3.13).
	HireDate string
	Title    string
	City     string
}

// Person returns the person of a number from 0 to People-1.
func (c Company) Person(number int) Person {
	r := c.random(randomPerson, number)
	p := Person{
		UUID:       uuid(r),
		UID:        fmt.Sprintf("u%07d", number),
		GivenName:  pick(r, givenNames),
		FamilyName: pick(r, familyNames),
		Department: pick(r, departments),
		Active:     r.IntN(20) > 0,
		CostCode:   fmt.Sprintf("CC-%04d", r.IntN(10000)),
		Badge:      fmt.Sprintf("B%08d", r.IntN(1e8)),
		Building:   fmt.Sprintf("%c%d", 'A'+r.IntN(6), 1+r.IntN(9)),
		HireDate:   fmt.Sprintf("20%02d%02d%02d080000Z", r.IntN(25), 1+r.IntN(12), 1+r.IntN(28)),
		Title:      pick(r, titles),
		City:       pick(r, cities),
	}
	p.Common = p.GivenName + " " + p.FamilyName
	p.Mail = mailName(p.GivenName) + "." + mailName(p.FamilyName) + "." + p.UID + "@example.com"
	switch c.flaw(number) {
	case flawNone:
	case flawNoMail:
		p.Mail = ""
	case flawSharedMail:
		p.Mail = sharedMail
	}
	rdn := "uid=" + p.UID
	if number%50 == 7 { // a comma in the name, as Active Directory's people have
		p.Common = p.FamilyName + ", " + p.GivenName + " " + p.UID
		rdn = "cn=" + escapeRDN(p.Common)
	}
	p.DN = rdn + ",ou=" + escapeRDN(p.Department) + "," + c.peopleDN()
	return p
}

type flaw int

const (
	flawNone flaw = iota
	flawNoMail
	flawSharedMail
)

func (c Company) flaw(number int) flaw {
	switch {
	case c.FlawEvery == 0 || (number+1)%c.FlawEvery != 0:
		return flawNone
	case (number+1)/c.FlawEvery%2 == 1:
		return flawNoMail
	}
	return flawSharedMail
}

func (c Company) peopleDN() string { return "ou=people," + c.suffix() }

func (c Company) writeUnits(out *ldif) int {
	out.attribute("dn", c.suffix())
	out.attribute("objectClass", "dcObject")
	out.attribute("objectClass", "organization")
	dc, _, _ := strings.Cut(strings.TrimPrefix(c.suffix(), "dc="), ",")
	out.attribute("dc", dc)
	out.attribute("o", "Example")
	out.end()
	unit := func(name, parent string) {
		out.attribute("dn", "ou="+escapeRDN(name)+","+parent)
		out.attribute("objectClass", "organizationalUnit")
		out.attribute("ou", name)
		out.end()
	}
	unit("groups", c.suffix())
	unit("people", c.suffix())
	for _, d := range departments {
		unit(d, c.peopleDN())
	}
	return 2 + len(departments)
}

func (c Company) writePeople(out *ldif, tree []group, counts *Counts) {
	memberOf := groupsOfPeople(tree, c.People)
	for number := range c.People {
		p := c.Person(number)
		c.writePerson(out, p, memberOf[number])
		counts.People++
		if !p.Active {
			counts.Inactive++
		}
		if len(memberOf[number]) == 0 {
			counts.NoGroup++
		}
		switch p.Mail {
		case "":
			counts.NoMail++
		case sharedMail:
			counts.SharedMail++
		}
	}
	if counts.SharedMail == 1 {
		counts.SharedMail = 0 // nobody to share it with
	}
}

func (c Company) writePerson(out *ldif, p Person, memberOf []int32) {
	out.attribute("dn", p.DN)
	out.attribute("objectClass", "inetOrgPerson")
	out.attribute("objectClass", "corpPerson")
	out.attribute("entryUUID", p.UUID)
	out.attribute("uid", p.UID)
	out.attribute("cn", p.Common)
	out.attribute("sn", p.FamilyName)
	out.attribute("givenName", p.GivenName)
	out.attribute("displayName", p.GivenName+" "+p.FamilyName)
	if p.Mail != "" {
		out.attribute("mail", p.Mail)
	}
	out.attribute("employeeNumber", p.UID[1:])
	out.attribute("departmentNumber", p.Department)
	out.attribute("title", p.Title)
	out.attribute("l", p.City)
	out.attribute("telephoneNumber", "+46 31 "+p.UID[1:])
	out.attribute("corpCostCode", p.CostCode)
	out.attribute("corpBadge", p.Badge)
	out.attribute("corpBuilding", p.Building)
	out.attribute("corpHireDate", p.HireDate)
	out.attribute("corpActive", strings.ToUpper(fmt.Sprint(p.Active)))
	for _, g := range memberOf {
		out.attribute("memberOf", c.Group(int(g)).DN)
	}
	out.end()
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

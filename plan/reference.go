package plan

import (
	"fmt"
	"strings"

	"ldap2scim/internal/views"
)

// ReferenceKind is what something at the vendor refers to.
type ReferenceKind string

const (
	// ToVariable: a variable that only LDAP gives a value.
	ToVariable ReferenceKind = "variable"
	// ToAttribute: a custom attribute whose type changes.
	ToAttribute ReferenceKind = "attribute"
	// ToGroup and ToUnit: an LDAP group or organizational unit in a rule.
	ToGroup ReferenceKind = "group"
	ToUnit  ReferenceKind = "unit"
	// ToChromeOS: something that is for ChromeOS, which knows groups and units
	// of LDAP alone.
	ToChromeOS ReferenceKind = "chromeos"
)

// Reference is one place at the vendor that refers to LDAP.
type Reference struct {
	// File is the exported file, or the configuration as the interface names
	// it; Place the line and column in it, or the path.
	File  string        `json:"file"`
	Place string        `json:"place"`
	Kind  ReferenceKind `json:"kind"`
	// What stands there.
	What string `json:"what"`
	// Name of the attribute, group or unit; "" for what has none.
	Name string `json:"name,omitempty"`
	// After says what becomes of it, and Instead what to put there.
	After   string `json:"after"`
	Instead string `json:"instead"`
	// Certificate: it stands in a certificate's subject or alternative names.
	Certificate bool `json:"certificate,omitempty"`
	// Devices have it installed; 0 where that is not known.
	Devices int `json:"devices,omitempty"`
}

// HazardChromeOS: devices that can be distributed to by LDAP alone.
const HazardChromeOS Hazard = "chromeos"

// references says what at the vendor refers to LDAP (P12, P13, P14).
func (d *decider) references() error {
	t := d.in.Tenant
	chrome := t.ChromeOS
	for _, r := range t.References {
		f := Finding{
			Code: Variables, Severity: Warn, Name: views.Brief(r.File + ", " + r.Place),
			Sentence: views.Brief(r.What) + ": " + r.After, Remedy: r.Instead,
		}
		if r.Devices > 0 {
			f.Sentence += "; installed on " + count(r.Devices, "device")
		}
		switch r.Kind {
		case ToVariable:
		case ToAttribute:
			if r.Certificate {
				f.Code = Reissue
				f.Sentence = d.certificate(r)
			}
		case ToGroup:
			f.Code = GroupCheck
		case ToUnit:
			f.Code = UnitsExcluded
		case ToChromeOS:
			f.Code = UnitsExcluded
			chrome = max(chrome, 1)
		}
		if err := d.finding(f); err != nil {
			return err
		}
	}
	if t.Searched > 0 && len(t.References) == 0 {
		if err := d.finding(Finding{
			Code: Variables, Severity: Note, Sentence: fmt.Sprintf("%s and configurations searched; none refers to what only LDAP gives", count(t.Searched, "file")),
			Remedy: "nothing to do, if these are all that there are",
		}); err != nil {
			return err
		}
	}
	if chrome == 0 {
		return nil
	}
	d.sum.Hazards[HazardChromeOS] += chrome
	return d.finding(Finding{
		Code: UnitsExcluded, Severity: Block, Sentence: "ChromeOS is in use, to which the vendor distributes by LDAP groups and units alone",
		Remedy: "keep those people in LDAP, or allow it with --allow " + string(HazardChromeOS),
	})
}

// certificate says how many devices get a new one.
func (d *decider) certificate(r Reference) string {
	s := views.Brief(r.What) + " is in a certificate: "
	c, compared := d.compared(r.Name)
	switch {
	case !compared || c.Equal+c.Differs == 0:
		s += "it is not known whether its value stays, and a value that changes issues the certificate again"
	case c.Differs == 0:
		s += fmt.Sprintf("its value stays for %s, and no certificate of theirs is issued again", Person.number(c.Equal))
	default:
		s += fmt.Sprintf("its value changes for %s of %d, whose certificates are issued again", Person.number(c.Differs), c.Equal+c.Differs+c.Unknown)
	}
	if r.Devices > 0 {
		s += "; installed on " + count(r.Devices, "device")
	}
	return s
}

// compared finds the comparison of a custom attribute by either of its names.
func (d *decider) compared(name string) (Comparison, bool) {
	for _, f := range d.mapper.fills[Person] {
		if f.custom() && (strings.EqualFold(f.name(), name) || f.was() == strings.ToLower(name)) {
			c, known := d.sum.CustomValues[f.name()]
			return c, known
		}
	}
	return Comparison{}, false
}

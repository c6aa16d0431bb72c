package plan

import (
	"cmp"
	"fmt"
	"iter"
	"strings"
)

// Tenant is what the vendor's own records say of people, beside SCIM. The zero
// value knows nothing, and then nothing is decided from it.
type Tenant struct {
	Digest Digest
	// Account returns what is known of a person. It is asked with the stable
	// ID and with the userName that the person is to have, and is free to know
	// people by either. It is called several times and must answer the same.
	Account func(id ExternalID, userName string) (Account, bool)
	// Accounts yields all of them in the order of their user IDs, folded; nil
	// when only single ones are known.
	Accounts iter.Seq2[Account, error]
	Records
}

// Records are what the vendor's records say of the tenant as a whole.
type Records struct {
	// Sources counts the accounts by source.
	Sources map[string]int `json:"sources,omitempty"`
	// AppleIDs tells whether the records say which Managed Apple IDs there are:
	// an account without one then has none.
	AppleIDs bool `json:"appleIds,omitempty"`
	// Groups are the tenant's groups by name, with their source.
	Groups map[string]string `json:"groups,omitempty"`
	// References are what refers to LDAP. Searched says how many files and
	// configurations were searched for it.
	References []Reference `json:"references,omitempty"`
	Searched   int         `json:"searched,omitempty"`
	// ChromeOS is the number of devices that run it.
	ChromeOS int `json:"chromeOS,omitempty"`
}

// Account is one person in the vendor's records.
type Account struct {
	// UID is the user ID by which the vendor knows the account, or "" when
	// the records do not say.
	UID   string `json:"uid"`
	Email string `json:"email,omitempty"`
	// IDs are the stable IDs that the vendor's GUID of the person can stand for.
	IDs []ExternalID `json:"ids,omitempty"`
	// Source is where the vendor has the account from, in the vendor's words:
	// LOCAL, LDAP, SCIM_AAD; "" when the records do not say.
	Source string `json:"source,omitempty"`
	// AppleID is the Managed Apple ID now, or "" when the records do not say.
	AppleID string `json:"appleId,omitempty"`
	// Values are the stored values of the LDAP custom attributes, by name in
	// lower case. A name that is not in it is one of which nothing is known.
	Values map[string]string `json:"values,omitempty"`
	// Enrolled says that the person has a user-enrolled device that is active
	// or whose retirement is pending, which freezes the Managed Apple ID.
	Enrolled bool `json:"enrolled,omitempty"`
	Disabled bool `json:"disabled,omitempty"`
	// NoSync: the vendor says that its LDAP server does not have the person.
	NoSync  bool `json:"noSync,omitempty"`
	Devices int  `json:"devices,omitempty"`
}

func (t Tenant) account(w want) (Account, bool) {
	if t.Account == nil {
		return Account{}, false
	}
	return t.Account(w.entry.ID, w.fields[UserName])
}

// foreign returns the source of a group of this name that the vendor has from
// neither LDAP nor Entra ID, or "". Those of LDAP and Entra ID become SCIM
// groups.
func (d *decider) foreign(name string) string {
	if d.others == nil {
		d.others = map[string]string{}
		for name, source := range d.in.Tenant.Groups {
			if source != "LDAP" && source != "AAD" && !strings.HasPrefix(source, "SCIM") {
				d.others[Fold(name)] = cmp.Or(source, "unknown")
			}
		}
	}
	return d.others[Fold(name)]
}

// checkAccount holds a person against what the vendor's records say (P01,
// P14).
func (w *want) checkAccount(fills []fill) {
	a, known := w.account, w.known
	if !known {
		return
	}
	if a.UID != "" && w.fields[UserName] != "" && Fold(a.UID) != Fold(w.fields[UserName]) {
		w.block(Renamed, "the account's user ID is "+quoted(a.UID)+" and would be sent as "+quoted(w.fields[UserName])+", by which it is not found: a second account would be made",
			"map userName from the attribute that holds the user ID, or rename the account first")
	}
	if a.UID != "" && Fold(a.UID) == Fold(w.fields[UserName]) && strings.EqualFold(a.Source, "LOCAL") {
		w.warn(Renamed, "a Local account has this user ID; it becomes a SCIM account, and its source changes from Local",
			"see whether it is the same person, and that it is not the administrator who signs in when nothing else works")
	}
	if a.Disabled {
		w.warn(Inactive, "the account is disabled at the vendor, and enabled in the directory; it is provisioned as active",
			"see why it was disabled; exclude the person if it should stay so")
	}
	for _, f := range fills {
		switch old, value, c := w.compare(f); c {
		case differs:
			w.warn(Reissue, f.name()+" is "+quoted(old)+" in the vendor's records and becomes "+quoted(value)+"; a certificate that holds it is issued again",
				"correct the value in the directory, or count the devices and pick the time")
		case equal, unknown:
		}
	}
}

// checkDevices says of a person who is left out what devices stay behind (P06).
func (w *want) checkDevices() {
	if !w.known || w.account.Devices == 0 {
		return
	}
	w.warn(Inactive, fmt.Sprintf("the person is left out, and has %s at the vendor", count(w.account.Devices, "device")),
		"retire the devices, or enable the person in the directory")
}

// comparison of a stored LDAP value with the one that will be sent.
type comparison int

const (
	unknown comparison = iota
	equal
	differs
)

// compare holds the value of a custom attribute against what the vendor has
// stored under the LDAP attribute that it takes the place of.
func (w *want) compare(f fill) (old, value string, c comparison) {
	value = w.fields[f.Target]
	old, stored := w.account.Values[f.was()]
	switch {
	case !f.custom() || !stored:
		return "", value, unknown
	case old == value:
		return old, value, equal
	}
	return old, value, differs
}

// tally counts what becomes of a person's custom attributes and Managed Apple
// ID, once.
func (d *decider) tally(o *outcome) {
	switch o.class {
	case ToCreate, ToUpdate, ToAdopt, Unchanged:
	default:
		return
	}
	for _, f := range d.mapper.fills[Person] {
		if !f.custom() || o.want.fields[f.Target] == "" {
			continue
		}
		if d.sum.CustomValues == nil {
			d.sum.CustomValues = map[string]Comparison{}
		}
		n := d.sum.CustomValues[f.name()]
		switch _, _, c := o.want.compare(f); c {
		case unknown:
			n.Unknown++
		case equal:
			n.Equal++
		case differs:
			n.Differs++
		}
		d.sum.CustomValues[f.name()] = n
	}
	switch o.want.apple {
	case appleNone:
	case appleKept:
		d.sum.AppleIDs.Kept++
	case appleChanged:
		d.sum.AppleIDs.Changed++
		if o.step != nil {
			d.sum.Hazards[HazardChangeAppleID]++
		}
	}
}

package plan

import (
	"errors"
	"fmt"
	"strings"
)

// AppleIDRules say how Managed Apple IDs come about. With the zero value
// nothing of them is checked.
type AppleIDRules struct {
	// Before is how the vendor made the ID from the directory: From is an LDAP
	// attribute in lower case, or "" when it made none.
	Before AppleIDPattern `json:"before,omitzero"`
	// After is how it will make it: From is a SCIM path, the work email or a
	// custom attribute, or "" when it makes none.
	After AppleIDPattern `json:"after,omitzero"`
}

// AppleIDPattern makes a Managed Apple ID of an address.
type AppleIDPattern struct {
	From string `json:"from,omitempty"`
	// Subdomain puts "appleid." before the domain, against conflicts with
	// Apple IDs that exist.
	Subdomain bool `json:"subdomain,omitempty"`
}

func (r AppleIDRules) validate(person []Mapping) error {
	var errs []error
	if r.Before.From != strings.ToLower(r.Before.From) {
		errs = append(errs, fmt.Errorf("managed Apple ID: the attribute %q must be a name in lower case", r.Before.From))
	}
	if from := r.After.From; from != "" {
		filled := false
		for _, m := range person {
			filled = filled || m.Target == from
		}
		switch {
		case from != WorkEmail && !strings.HasPrefix(from, CustomURN):
			errs = append(errs, fmt.Errorf("managed Apple ID: it comes from the email or a custom attribute, not from %s", from))
		case !filled:
			errs = append(errs, fmt.Errorf("managed Apple ID: nothing fills %s, from which it is to come", from))
		}
	}
	return errors.Join(errs...)
}

func (r AppleIDRules) on() bool { return r != AppleIDRules{} }

// of returns the Managed Apple ID that the pattern makes of an address, or ""
// when it makes none.
func (p AppleIDPattern) of(address string) string {
	address = strings.TrimSpace(address)
	at := strings.LastIndexByte(address, '@')
	if p.From == "" || at <= 0 || at == len(address)-1 {
		return ""
	}
	if p.Subdomain {
		return address[:at] + "@appleid." + address[at+1:]
	}
	return address
}

// checkAppleID holds a person's Managed Apple ID after the migration against
// the one before (P10).
func (w *want) checkAppleID(r AppleIDRules) {
	if !r.on() {
		return
	}
	before := w.account.AppleID
	if before == "" {
		before = r.Before.of(w.entry.First(r.Before.From))
	}
	w.appleID = r.After.of(w.fields[r.After.From])
	switch {
	case before == "":
		w.apple = appleNone
		return
	case Fold(before) == Fold(w.appleID):
		w.apple = appleKept
		return
	}
	w.apple = appleChanged
	becomes := "would become " + quoted(w.appleID)
	if w.appleID == "" {
		becomes = "would be lost"
	}
	if w.account.Enrolled {
		// No waiver reaches this: the vendor does not change the ID then.
		w.refuse(Blocked, Finding{
			Code: AppleID, Severity: Block,
			Sentence: fmt.Sprintf("the Managed Apple ID %s %s, and a user-enrolled device is active: it cannot change", quoted(before), becomes),
			Remedy:   "give the attribute that it comes from the value that keeps it, or retire the device first",
		})
		return
	}
	devices := ""
	if !w.known {
		devices = " (whether a user-enrolled device is active is not known)"
	}
	w.block(AppleID, fmt.Sprintf("the Managed Apple ID %s %s%s", quoted(before), becomes, devices),
		"give the attribute that it comes from the value that keeps it; if the change is meant, turn P10 into a warning under checks, and apply with --allow "+string(HazardChangeAppleID))
}

// appleFate is what becomes of a person's Managed Apple ID.
type appleFate int

const (
	appleNone appleFate = iota // there was none, as far as is known
	appleKept
	appleChanged
)

// countAppleID counts who will have which ID.
func (n *names) countAppleID(w want) {
	if w.appleID != "" {
		n.apples.add(n.nameKey(w.appleID))
	}
}

func (n *names) appleIDShared(w want) bool {
	return w.appleID != "" && n.apples.of(n.nameKey(w.appleID)) > 1
}

package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Prerequisite is something that must be so before anything is written, and
// that only a person can see, or the vendor's own records.
type Prerequisite string

const (
	// LDAPDisabled: "Enable this LDAP Server" is deselected.
	LDAPDisabled Prerequisite = "ldap-disabled"
	// AppleIDSaved: the setting Managed Apple ID of User Provisioning is on,
	// with the pattern of the rules, and saved. It counts only where the rules
	// have one.
	AppleIDSaved Prerequisite = "managed-apple-id"
	// InvitationsOff: "Automatically invite users imported from Entra ID" is
	// off. A plan may be applied without it, when it is allowed by name.
	InvitationsOff Prerequisite = "invitations-off"
	// IdPAttribute: an IdP attribute of that name exists, for each custom
	// attribute of the rules.
	IdPAttribute Prerequisite = "idp-attribute"
)

// Prerequisites returns all that there are.
func Prerequisites() []Prerequisite {
	return []Prerequisite{LDAPDisabled, AppleIDSaved, InvitationsOff, IdPAttribute}
}

// Attestation is what somebody has said, or a machine has proven, of a
// prerequisite.
type Attestation struct {
	Of Prerequisite `json:"of"`
	// Name is that of the IdP attribute, or of the LDAP server where it was
	// given.
	Name string `json:"name,omitempty"`
	// By is who said it; Proven that it was a machine which saw it.
	By     string    `json:"by"`
	Proven bool      `json:"proven,omitempty"`
	At     time.Time `json:"at"`
	// Evidence is the name of a file that shows it, and Digest its SHA-256;
	// both may be "".
	Evidence string `json:"evidence,omitempty"`
	Digest   Digest `json:"digest,omitempty"`
}

// Standing is how sure it is that a prerequisite is met.
type Standing string

const (
	Proven   Standing = "proven"
	Attested Standing = "attested"
	Unknown  Standing = "unknown"
)

// Prerequired is one prerequisite of a plan, and how it stands.
type Prerequired struct {
	Of       Prerequisite `json:"of"`
	Name     string       `json:"name,omitempty"`
	Standing Standing     `json:"standing"`
	// Attestation is the newest that speaks for it, where one does.
	Attestation *Attestation `json:"attestation,omitempty"`
	// Evidence is what proves it, or what contradicts it and is later than what
	// was attested. Beside are the newest of each kind that decide nothing.
	Evidence *Evidence  `json:"evidence,omitempty"`
	Beside   []Evidence `json:"beside,omitempty"`
}

// Refuted tells whether something was seen that contradicts it.
func (p Prerequired) Refuted() bool {
	return p.Standing == Unknown && p.Evidence != nil && p.Evidence.Bearing == Contradicts
}

// optional: without it a plan has a hazard, and is not refused.
func (p Prerequired) optional() bool { return p.Of == InvitationsOff }

// Subject is the prerequisite in words that the command attest takes:
// "ldap-disabled", "idp-attribute custAttr1".
func (p Prerequired) Subject() string { return strings.TrimSpace(string(p.Of) + " " + p.Name) }

// StillUnmet returns those of the plan's prerequisites that are unknown by what
// is said and seen now, to be asked again when the plan is applied. What the
// plan knew may have been overruled since.
func (s Summary) StillUnmet(said []Attestation, seen []Evidence) []Prerequired {
	var unmet []Prerequired
	for _, p := range s.Standings(said, seen) {
		if p.Standing == Unknown && !p.optional() {
			unmet = append(unmet, p)
		}
	}
	return unmet
}

// speaks returns the newest attestation for a prerequisite, or nil. A proof
// counts before what was said.
func speaks(all []Attestation, p Prerequired) *Attestation {
	var best *Attestation
	for i := range all {
		a := &all[i]
		// SCIM's names of attributes are the same in either case (RFC 7643
		// §2.1); an LDAP server's name is for people.
		if a.Of != p.Of || p.Of == IdPAttribute && !strings.EqualFold(a.Name, p.Name) {
			continue
		}
		if best == nil || a.Proven && !best.Proven || a.Proven == best.Proven && !a.At.Before(best.At) {
			best = a
		}
	}
	return best
}

// prerequired lists what the rules need, in order.
func (r Rules) prerequired() []Prerequired {
	var all []Prerequired
	for _, p := range Prerequisites() {
		if !slices.Contains(r.Prerequisites, p) || p == AppleIDSaved && r.ManagedAppleID.After.From == "" {
			continue
		}
		if p != IdPAttribute {
			all = append(all, Prerequired{Of: p})
			continue
		}
		for _, m := range r.Person {
			if m.custom() {
				all = append(all, Prerequired{Of: p, Name: m.name()})
			}
		}
	}
	return all
}

// prerequisites says how each stands. Those that are unknown block the plan
// as a whole, and are said first.
func (d *decider) prerequisites() error {
	all := d.in.Rules.prerequired()
	seen, err := d.seen(all)
	if err != nil {
		return err
	}
	for _, p := range all {
		p = p.weighed(d.in.Attestations, d.in.Evidence)
		if p.Of == IdPAttribute && seen[p.Name] {
			p.Standing = Proven
		}
		if p.Standing == Unknown && !p.optional() {
			d.sum.Unmet = append(d.sum.Unmet, p.Subject())
			if err := d.finding(p.finding()); err != nil {
				return err
			}
		}
		d.sum.Prerequisites = append(d.sum.Prerequisites, p)
	}
	return nil
}

// seen returns the IdP attributes that somebody at the destination bears.
func (d *decider) seen(all []Prerequired) (map[string]bool, error) {
	missing := map[string]bool{}
	for _, p := range all {
		// Where others fill the destination, it is not the vendor's own.
		if p.Of == IdPAttribute && d.in.Rules.Existing == nil {
			missing[p.Name] = true
		}
	}
	seen := map[string]bool{}
	for _, side := range []func(Kind) resources{d.in.Inventory.Owned, d.in.Inventory.Unowned} {
		if len(missing) == 0 {
			return seen, nil
		}
		for r, err := range side(Person) {
			if err != nil {
				return nil, fmt.Errorf("read the inventory's resources of kind %s: %w", Person, err)
			}
			for name := range missing {
				if r.Fields[CustomURN+name] != "" {
					seen[name] = true
					delete(missing, name)
				}
			}
			if len(missing) == 0 {
				break
			}
		}
	}
	return seen, nil
}

// finding says that a prerequisite is not known to be met.
func (p Prerequired) finding() Finding {
	f := Finding{Severity: Block}
	attest := "attest it: ldap2scim attest " + p.Subject() + " --by NAME"
	switch p.Of {
	case LDAPDisabled:
		f.Code = LDAPEnabled
		if p.Refuted() {
			f.Sentence = p.Evidence.Sentence + "; two writers would undo each other's work"
			f.Remedy = "deselect Enable this LDAP Server, do not delete the server (its people would become local); then ldap2scim tenant, or ldap2scim attest " + p.Subject() + " --by NAME"
			break
		}
		f.Sentence = "nobody has said that the LDAP server is disabled at the vendor; two writers would undo each other's work"
		f.Remedy = "deselect Enable this LDAP Server and do not delete the server, which would make its people local; then " + attest
	case AppleIDSaved:
		f.Code = AppleID
		f.Sentence = "nobody has said that the setting Managed Apple ID of User Provisioning is on and saved; without it everybody's ID is lost"
		f.Remedy = "switch it on under Edit Settings with the pattern of the configuration, and save; then " + attest
	case InvitationsOff: // has a hazard of its own
	case IdPAttribute:
		f.Code = BadValue
		f.Sentence = fmt.Sprintf("nobody has said that the IdP attribute %s exists, and nobody at the destination bears it", p.Name)
		f.Remedy = "create it first: Admin > Identity > User Provisioning, Edit Settings, + Add Custom Attribute; then " + attest
	}
	return f
}

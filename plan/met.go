package plan

import (
	"fmt"
	"slices"
	"strings"
)

// met remembers which of the vendor's accounts are somebody's.
type met struct {
	uids   map[string]bool
	counts AccountCounts
}

// meet counts one person of the directory.
func (j *met) meet(w *want) {
	switch {
	case !w.known:
		j.counts.None++
		return
	case slices.Contains(w.account.IDs, w.entry.ID):
		j.counts.ByID++
	default:
		j.counts.ByName++
	}
	if j.uids == nil {
		j.uids = map[string]bool{}
	}
	j.uids[Fold(w.account.UID)] = true
}

// orphans says which accounts of LDAP nobody in the directory has (D06).
func (d *decider) orphans() error {
	if d.in.Tenant.Accounts == nil {
		return nil
	}
	d.sum.Accounts = d.met.counts
	d.sum.Accounts.Sources = d.in.Tenant.Sources
	for a, err := range d.in.Tenant.Accounts {
		if err != nil {
			return fmt.Errorf("read the vendor's accounts: %w", err)
		}
		if !strings.EqualFold(a.Source, "LDAP") || d.met.uids[Fold(a.UID)] {
			continue
		}
		d.sum.Accounts.Orphans++
		what := "an account of source LDAP whom nobody in the directory has"
		if a.NoSync {
			what += " (No Sync)"
		}
		if a.Devices > 0 {
			what += ", with " + count(a.Devices, "device")
		}
		if err := d.finding(Finding{
			Code: Orphan, Severity: Warn, Kind: Person, Name: a.UID, Sentence: what + "; no provisioning reaches it",
			Remedy: "remove the account at the vendor when it is nobody's, or widen the searches of the source",
		}); err != nil {
			return err
		}
	}
	d.met.uids = nil
	return nil
}

// HazardInvite: everybody who is provisioned may get an invitation by mail.
const HazardInvite Hazard = "invite-people"

// invitations says how many people would be invited where nobody has said that
// the setting is off (D07).
func (d *decider) invitations() error {
	open := slices.ContainsFunc(d.sum.Prerequisites, func(p Prerequired) bool { return p.Of == InvitationsOff && p.Standing == Unknown })
	n := d.sum.Objects[Person][ToCreate] + d.sum.Objects[Person][ToAdopt]
	if !open || n == 0 {
		return nil
	}
	d.sum.Hazards[HazardInvite] += n
	return d.finding(Finding{
		Code: Invited, Severity: Block,
		Sentence: "nobody has said that Automatically invite users imported from Entra ID is off; " + Person.number(n) + " would be invited by mail to register a device",
		Remedy:   fmt.Sprintf("switch it off under Edit Settings, and save; then attest it: ldap2scim attest %s --by NAME. If the invitations are meant: --allow %s", InvitationsOff, HazardInvite),
	})
}

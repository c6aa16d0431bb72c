package plan

import "slices"

// Check is one rule of the migration, as it stands in the table of all of
// them.
type Check struct {
	Code Code `json:"code"`
	// Severity is the strongest of its findings; "" for a check that has none
	// in this program.
	Severity Severity `json:"severity,omitempty"`
	// Sentence is the rule, Remedy what to do when it is broken.
	Sentence string `json:"sentence"`
	Remedy   string `json:"remedy"`
	// By is who decides it, and Evidence from what.
	By       Decider `json:"by"`
	Evidence string  `json:"evidence"`
	// Waiver says what happens to an object when the check is turned into a
	// warning. It is "" for a check that cannot be.
	Waiver string `json:"waiver,omitempty"`
}

// Decider is who decides a check.
type Decider string

const (
	// ByPlan: the plan, for each object.
	ByPlan Decider = "plan"
	// ByTenant: the plan, where the vendor's records are given to it
	// ([Tenant]); without them the check says nothing.
	ByTenant Decider = "plan, with the vendor's records"
	// ByAttestation: a person, with attest; unknown refuses to apply.
	ByAttestation Decider = "a person (attest)"
	// ByPerson: a person, outside of this program. Under the vendor's
	// prerequisites the plan has a note of those that have a severity.
	ByPerson Decider = "a person"
	// ByDesign: nothing that the program does can break it.
	ByDesign Decider = "the program's design"
)

// CheckOf returns the check with a code.
func CheckOf(c Code) (Check, bool) {
	for _, check := range Checks() {
		if check.Code == c {
			return check, true
		}
	}
	return Check{}, false
}

// Checks returns the table of all checks: those of the source, of the
// destination, of the plan as a whole, and the merged list P01 to P22 of the
// migration guides.
func Checks() []Check {
	return slices.Concat(sourceChecks(), destinationChecks(), undoChecks(), mergedChecks())
}

func undoChecks() []Check {
	return []Check{
		{ChangedSince, Warn, "what is undone is still as it was left; what somebody else has changed is left alone", "see whether the change is meant", ByPlan, "the journal and the inventory", ""},
		{GroupStays, Note, "a group that was made stays when it is undone, without the members that were added", "let --remove-created remove it", ByPlan, "the journal", ""},
		{NameHeld, Block, "a name that is given back is nobody else's", "rename or remove the other object", ByPlan, "the inventory", ""},
		{Vanished, Note, "what is undone is still there", "nothing, unless it should be there", ByPlan, "the inventory", ""},
		{NotUndone, Warn, "what cannot be undone is said", "see to it at the destination", ByPlan, "the journal", ""},
	}
}

func sourceChecks() []Check {
	return []Check{
		{NoStableID, Block, "each object has an ID that stays when it is renamed", "let the reader read the ID attribute, or name another", ByPlan, "the snapshot", ""},
		{NoName, Block, "a person has a userName, a group a displayName", "fill the attribute that it is mapped from", ByPlan, "the snapshot", ""},
		{SnapshotIncomplete, Warn, "the snapshot is complete; from another nobody is deactivated and no member removed", "mend the cause and take it again", ByPlan, "the proof of each search", ""},
		{FlawedEntry, Warn, "an entry is as its directory's schema means it", "correct the entry in the directory", ByPlan, "the reading of the entry", ""},
	}
}

func destinationChecks() []Check {
	return []Check{
		{NameTaken, Block, "a userName or displayName is free at the destination", "rename or remove the other object", ByPlan, "the inventory", ""},
		{Unexpected, Note, "the destination holds nobody whom the directory does not know; they are left alone", "nothing, unless they should be in the directory", ByPlan, "the inventory", ""},
		{InventoryIncomplete, Block, "the inventory is complete; from another nothing is created", "plan again when the service lists all that it has", ByPlan, "the proof of the listing", ""},
		{NameSwap, Block, "no two take each other's names", "rename one of them by hand first", ByPlan, "the snapshot and the inventory", ""},
		{StaleValue, Warn, "what the directory has no value for has none at the destination either: a blank never clears", "clear it at the destination by hand", ByPlan, "the snapshot and the inventory", ""},
		{Orphan, Warn, "each account that the vendor has from LDAP is somebody's in the directory; SCIM never adopts another", "remove the account at the vendor when it is nobody's, or widen the searches", ByTenant, "the accounts of source LDAP in the vendor's records", ""},
		{Invited, Block, "nobody is invited by mail to register a device who has one: Automatically invite users imported from Entra ID is off", "switch it off under Edit Settings and attest it, or allow it by name", ByAttestation, "attest invitations-off", ""},
		{NotThere, Block, "a person whom the destination does not make is there", "let what makes people there make this one", ByPlan, "the inventory", ""},
		{Owned, Warn, "what only another may write at the destination is as the directory has it", "let that one carry the attribute", ByPlan, "the inventory", ""},
		{Unfit, Block, "a person at the destination is no guest, not disabled and not deleted; a group can be provisioned", "see what it should be there", ByPlan, "the inventory", ""},
		{GuardHit, Block, "the plan as a whole takes away no more than the guards allow", "look why; allow it by name if it is meant", ByPlan, "the counts of the plan", ""},
	}
}

// reminders are notes of what a person must see to at the vendor, since this
// program cannot.
func (d *decider) reminders() error {
	if !slices.Contains(d.in.Rules.Prerequisites, LDAPDisabled) {
		return nil
	}
	for _, c := range Checks() {
		if c.By != ByPerson || c.Severity == "" || c.Code == Variables && d.in.Tenant.Searched > 0 {
			continue
		}
		f := Finding{Code: c.Code, Severity: Note, Sentence: "for a person to see to: " + c.Sentence, Remedy: c.Remedy}
		if err := d.finding(f); err != nil {
			return err
		}
	}
	return nil
}

package plan

// Code names a check. P codes are those of the merged check list of the
// migration guides, S codes concern the reading of the source, D codes the
// destination, E codes one that others fill, R codes the undoing of a plan. [Checks] is the table of them; docs/findings.md explains each. They are stored: never change
// what one means.
type Code string

const (
	NoStableID         Code = "S01"
	NoName             Code = "S02"
	SnapshotIncomplete Code = "S03"
	FlawedEntry        Code = "S04"

	NameTaken           Code = "D01"
	Unexpected          Code = "D02"
	InventoryIncomplete Code = "D03"
	NameSwap            Code = "D04"
	StaleValue          Code = "D05"
	Orphan              Code = "D06"
	Invited             Code = "D07"

	// Those of a rollback.
	ChangedSince Code = "R01"
	GroupStays   Code = "R02"
	NameHeld     Code = "R03"
	Vanished     Code = "R04"
	NotUndone    Code = "R05"

	// E codes concern a destination that others fill, such as Entra ID.

	NotThere Code = "E01"
	Owned    Code = "E02"
	Unfit    Code = "E03"

	// GuardHit: the plan as a whole does too much.
	GuardHit Code = "G01"

	Renamed        Code = "P01"
	Ambiguous      Code = "P02"
	Duplicate      Code = "P03"
	BadEmail       Code = "P04"
	BlankPersonal  Code = "P05"
	Inactive       Code = "P06"
	Drift          Code = "P07"
	LastSync       Code = "P08"
	BadValue       Code = "P09"
	AppleID        Code = "P10"
	GroupCheck     Code = "P11"
	UnitsExcluded  Code = "P12"
	Variables      Code = "P13"
	Reissue        Code = "P14"
	Licence        Code = "P15"
	LDAPEnabled    Code = "P16"
	Scope          Code = "P17"
	NoDelete       Code = "P18"
	Authentication Code = "P19"
	Volume         Code = "P20"
	Token          Code = "P21"
	OneWay         Code = "P22"
)

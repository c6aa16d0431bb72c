package plan

import (
	"iter"
	"time"
)

// View is a stored plan as it is shown. The sequences are read once or twice
// and may be as long as the plan.
type View struct {
	Summary
	SnapshotTaken  time.Time
	InventoryTaken time.Time
	// Source and Destination say in words what was read.
	Source, Destination string
	Findings            iter.Seq2[Finding, error]
	Steps               iter.Seq2[Step, error]
	Decisions           iter.Seq2[Decision, error]
	// NameOf returns what a person calls a source object.
	NameOf func(ExternalID) string
	// MostSteps and MostFindings are the largest numbers that the text shows,
	// of findings for each severity; 0 means all. Steps that need leave are
	// always shown.
	MostSteps, MostFindings int
}

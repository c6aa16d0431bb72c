package plan

import (
	"iter"
	"time"

	"ldap2scim/internal/views"
)

// View is a stored plan as it is shown. The sequences are read several times
// and may be as long as the plan.
type View struct {
	Summary
	SnapshotTaken  time.Time
	InventoryTaken time.Time
	// Source and Destination say in words what was read.
	Source, Destination string
	Findings            iter.Seq2[Finding, error]
	Steps               iter.Seq2[Step, error]
	// Changes sums the steps up where they were seen as they were made; nil where
	// they are to be read for it.
	Changes   *Changes
	Decisions iter.Seq2[Decision, error]
	// Rows yields the source objects of one kind with all that the plan says
	// of each, as [Join] gives them.
	Rows func(Kind) iter.Seq2[Row, error]
	// NameOf returns what a person calls a source object.
	NameOf func(ExternalID) string
	// MostSteps is the largest number of changes shown of each group of them,
	// MostHazards the same for steps that need leave, and MostFindings that of
	// objects shown of each code. MostRows is the largest number of objects
	// listed of those that simply go through, and MostExceptions that of the
	// others. 0 means all.
	MostSteps, MostHazards, MostFindings, MostRows, MostExceptions int
}

// kinds returns all kinds in the order in which they are shown.
func kinds() []Kind { return []Kind{Person, Group, Unit, Setting} }

// kinds returns those that have a column: settings have one where there are
// any.
func (s Summary) kinds() []Kind {
	if s.Total(Setting) > 0 {
		return kinds()
	}
	return []Kind{Person, Group, Unit}
}

// number says how many of a kind there are.
func (k Kind) number(n int) string {
	if k == Person && n != 1 {
		return views.Digits(n) + " people"
	}
	if k == "" {
		return views.Amount(n, "object")
	}
	return views.Amount(n, string(k))
}

// plural is the head of a column.
func (k Kind) plural() string {
	if k == Person {
		return "people"
	}
	return string(k) + "s"
}

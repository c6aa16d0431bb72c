package migrate

import (
	"fmt"
	"time"

	"ldap2scim/plan"
)

// Class is the one class of a source object in a report.
type Class string

const (
	Migrated     Class = "migrated"
	Adopted      Class = "adopted"
	Updated      Class = "updated"
	Deactivated  Class = "deactivated"
	AlreadyRight Class = "already right"
	Excluded     Class = "excluded"
	Blocked      Class = "blocked"
	// Failed: a step on it failed.
	Failed Class = "failed"
	// Unsent: a step on it was not sent, or nobody knows what became of it.
	Unsent Class = "not yet sent"
	// Missing: its steps are done, or found nothing to change, and it is not at
	// the destination.
	Missing Class = "missing"
	// Drifted: its steps are done, or were not sent since somebody else had
	// changed it, and the destination has it otherwise.
	Drifted Class = "drifted"
	// Conflicting: something else at the destination stands in its way.
	Conflicting Class = "conflicting"
	// Unverified: the destination could not be read back to its end.
	Unverified Class = "unverified"
)

// Classes returns all classes in the order in which they are shown.
func Classes() []Class {
	return []Class{
		Migrated, Adopted, Updated, Deactivated, AlreadyRight, Excluded, Blocked,
		Failed, Unsent, Missing, Drifted, Conflicting, Unverified,
	}
}

// Settled tells whether an object of this class is as the plan wants it.
func (c Class) Settled() bool {
	switch c {
	case Migrated, Adopted, Updated, Deactivated, AlreadyRight, Excluded, Blocked:
		return true
	case Failed, Unsent, Missing, Drifted, Conflicting, Unverified:
	}
	return false
}

// Row is one source object that a person should look at.
type Row struct {
	Kind   plan.Kind       `json:"kind"`
	Object plan.ExternalID `json:"object"`
	Name   string          `json:"name"`
	Class  Class           `json:"class"`
	// Code is the check that excluded or blocked it, or found it conflicting.
	Code plan.Code `json:"code,omitempty"`
	// Why says what is not as it should be.
	Why string `json:"why,omitempty"`
	// Next says what to do, where a step failed.
	Next     string `json:"next,omitempty"`
	Attempts int    `json:"attempts,omitempty"`
}

// WaveReport is one part of a plan in a report.
type WaveReport struct {
	Name       string `json:"name"`
	Reconciled bool   `json:"reconciled"`
}

// Report says what became of every object of a snapshot.
type Report struct {
	Plan        plan.Digest `json:"plan"`
	Snapshot    plan.Digest `json:"snapshot"`
	Inventory   plan.Digest `json:"inventory"` // the destination as read back
	Source      string      `json:"source"`
	Destination string      `json:"destination"`
	PlanMade    time.Time   `json:"planMade"`
	ReadBack    time.Time   `json:"readBack"`
	// Incomplete says why the destination could not be read to its end, or "".
	Incomplete string `json:"incomplete,omitempty"`
	// Objects counts the source objects; InSnapshot says how many there are.
	Objects    map[plan.Kind]map[Class]int `json:"objects"`
	InSnapshot map[plan.Kind]int           `json:"inSnapshot"`
	// Unexpected counts the destination's objects that the source does not
	// know. They were left alone.
	Unexpected map[plan.Kind]int `json:"unexpected,omitempty"`
	// Waived are the checks that the configuration turned into warnings, with
	// the reason that it gives for each.
	Waived map[plan.Code]string `json:"waived,omitempty"`
	// Attested is what somebody has said, for which the plan was allowed.
	Attested []plan.Attestation `json:"attested,omitempty"`
	// Steps counts the plan's steps by state.
	Steps map[string]int `json:"steps"`
	// Waves says of each part of the plan whether it is reconciled: all of it
	// was sent, and is as the plan wants it.
	Waves []WaveReport `json:"waves,omitempty"`
	// Sentence is the sum in words; Settled says that nothing is left to do.
	Sentence string `json:"sentence"`
	Settled  bool   `json:"settled"`
	// Rows lists every object that is blocked, or not as the plan wants it.
	Rows []Row `json:"rows"`
}

// Class returns the number of objects of every kind in class c.
func (r Report) Class(c Class) int {
	n := 0
	for _, byClass := range r.Objects {
		n += byClass[c]
	}
	return n
}

// AddsUpError: the classes of a report do not sum to the snapshot. It is a bug
// of this program.
type AddsUpError struct {
	Kind            plan.Kind
	Snapshot, Found int
}

func (e *AddsUpError) Error() string {
	return fmt.Sprintf("the report does not add up: %d of kind %s in the snapshot, %d in the report; this is a bug", e.Snapshot, e.Kind, e.Found)
}

// add counts one row.
func (r *Report) add(row Row) {
	if r.Objects[row.Kind] == nil {
		r.Objects[row.Kind] = map[Class]int{}
	}
	r.Objects[row.Kind][row.Class]++
	if !row.Class.Settled() || row.Class == Blocked {
		r.Rows = append(r.Rows, row)
	}
}

// close sums up, and fails when the sums do not hold (law 6).
func (r *Report) close() error {
	total := 0
	for _, k := range []plan.Kind{plan.Person, plan.Group, plan.Unit} {
		found := 0
		for _, n := range r.Objects[k] {
			found += n
		}
		if found != r.InSnapshot[k] {
			return &AddsUpError{Kind: k, Snapshot: r.InSnapshot[k], Found: found}
		}
		total += found
	}
	sentence := fmt.Sprintf("%d in directory = ", total)
	r.Settled = r.Incomplete == ""
	first := true
	for _, c := range Classes() {
		n := r.Class(c)
		if n == 0 {
			continue
		}
		r.Settled = r.Settled && c.Settled()
		if !first {
			sentence += " + "
		}
		sentence += fmt.Sprintf("%d %s", n, c)
		first = false
	}
	if first {
		sentence += "0"
	}
	r.Sentence = sentence
	return nil
}

package migrate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ldap2scim/internal/views"
	"ldap2scim/plan"
)

// Report says what became of the objects of a snapshot. Its objects, one by
// one, are in the state file: [Open] yields them.
type Report struct {
	Plan plan.Digest `json:"plan"`
	// Undoes is what a rollback undoes. The objects are then those that it
	// touches, and InSnapshot counts them.
	Undoes      *plan.Undone `json:"undoes,omitempty"`
	Snapshot    plan.Digest  `json:"snapshot"`
	Settings    plan.Digest  `json:"settings"`  // of the configuration that the plan was made with
	Inventory   plan.Digest  `json:"inventory"` // the destination as read back
	Source      string       `json:"source"`
	Destination string       `json:"destination"`
	// Version is that of the program that made the report.
	Version       string    `json:"version"`
	SnapshotTaken time.Time `json:"snapshotTaken"`
	PlanMade      time.Time `json:"planMade"`
	ReadBack      time.Time `json:"readBack"`
	// Pages counts the requests that it took to read the destination back.
	Pages int `json:"pages"`
	// Incomplete says why the destination could not be read to its end, or "".
	Incomplete string `json:"incomplete,omitempty"`
	// Objects counts the source objects; InSnapshot says how many there are.
	Objects    map[plan.Kind]map[Class]int `json:"objects"`
	InSnapshot map[plan.Kind]int           `json:"inSnapshot"`
	// Set counts what the destination must have beside people and groups; it is
	// no object of the directory.
	Set map[Class]int `json:"set,omitempty"`
	// Unexpected counts the destination's objects that the source does not
	// know. They were left alone.
	Unexpected map[plan.Kind]int `json:"unexpected"`
	// Waived are the checks that the configuration turned into warnings, with
	// the reason that it gives for each.
	Waived map[plan.Code]string `json:"waived,omitempty"`
	// Attested is what somebody has said, for which the plan was allowed.
	Attested []plan.Attestation `json:"attested,omitempty"`
	// Steps counts the plan's steps by state.
	Steps       map[string]int `json:"steps"`
	Waves       []Wave         `json:"waves,omitempty"`
	Memberships Memberships    `json:"memberships"`
	Runs        []Run          `json:"runs,omitempty"`
	// BeforeImages counts the steps that changed something that was there, and
	// whose before is kept: what a rollback can put back.
	BeforeImages int `json:"beforeImages"`
	// Numbers are tables that others add: of the tenant, of the identity
	// provider.
	Numbers []Numbers `json:"numbers,omitempty"`
	// Sentence is the sum in words; Settled says that nothing is left to do.
	Sentence string `json:"sentence"`
	Settled  bool   `json:"settled"`
}

// Numbers is one table that somebody adds to a report.
type Numbers struct {
	// ID is the name of its part of the page, in lower case.
	ID      string     `json:"id"`
	Title   string     `json:"title"`
	Text    string     `json:"text,omitempty"`
	Columns []string   `json:"columns"`
	Lines   [][]string `json:"lines"`
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

// count counts one object.
func (r *Report) count(k plan.Kind, c Class) {
	if k == plan.Setting {
		if r.Set == nil {
			r.Set = map[Class]int{}
		}
		r.Set[c]++
		return
	}
	if r.Objects[k] == nil {
		r.Objects[k] = map[Class]int{}
	}
	r.Objects[k][c]++
}

// kinds returns all kinds in the order in which they are shown.
func kinds() []plan.Kind { return []plan.Kind{plan.Person, plan.Group, plan.Unit} }

// decided returns those of which a plan decides something.
func decided() []plan.Kind { return append(kinds(), plan.Setting) }

// close sums up, and fails when the sums do not hold (law 6).
func (r *Report) close() error {
	total := 0
	for _, k := range kinds() {
		found := 0
		for _, n := range r.Objects[k] {
			found += n
		}
		if found != r.InSnapshot[k] {
			return &AddsUpError{Kind: k, Snapshot: r.InSnapshot[k], Found: found}
		}
		total += found
	}
	var parts []string
	for _, c := range Classes() {
		if n := r.Class(c); n > 0 {
			parts = append(parts, views.Digits(n)+" "+string(c))
		}
	}
	if parts == nil {
		parts = []string{"0"}
	}
	of := " in directory = "
	if r.Undoes != nil {
		of = " that plan " + r.Undoes.Plan.Short() + " had changed = "
	}
	r.Sentence = views.Digits(total) + of + strings.Join(parts, " + ")
	r.Settled = r.Incomplete == "" && !slices.ContainsFunc(left(), func(c Class) bool { return r.Class(c)+r.Set[c] > 0 })
	return nil
}

// verdict says whether anything is left.
func (r Report) verdict() string {
	switch {
	case r.Undoes != nil && r.Settled:
		return "Everything that the rollback was to undo is undone."
	case r.Undoes != nil:
		return "Not everything that the rollback was to undo is undone: apply goes on; after that, make it again: ldap2scim rollback."
	case r.Settled:
		return "Everything that was planned is at the destination."
	}
	return "Not everything that was planned is at the destination: apply goes on; after that, plan again."
}

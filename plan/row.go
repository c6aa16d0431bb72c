package plan

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

// Row is all that a plan says of one source object.
type Row struct {
	Decision
	// Steps are the IDs of the object's steps, in the order of sending.
	Steps []StepID `json:"steps,omitempty"`
	// Actions and Hazards are those of the steps, each once.
	Actions []Action `json:"actions,omitempty"`
	Hazards []Hazard `json:"hazards,omitempty"`
	// Waves are the parts of the plan that the steps are in, each once.
	Waves []string `json:"waves,omitempty"`
	// Before and After are the fields that the steps set, and what they were.
	Before Fields `json:"before,omitempty"`
	After  Fields `json:"after,omitempty"`
	// Adds and Takes count the members that the steps add to a group and take
	// from it.
	Adds     int       `json:"adds,omitempty"`
	Takes    int       `json:"takes,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
}

// Exceptional tells whether a person should look at the object, because it
// does not simply go through or stay as it is.
func (r Row) Exceptional() bool {
	switch r.Class {
	case ToCreate, ToUpdate, ToRestore, Unchanged:
		return len(r.Hazards) > 0 || slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity != Note })
	case ToAdopt, ToDeactivate, ToEmpty, ToRemove, Left, Gone, Excluded, Blocked:
	}
	return true
}

// Join puts what a plan says of the objects of one kind together, object by
// object. Each sequence must come in the byte order of the object's ID, and
// the steps of one object in the order of sending. Findings about no object
// are left out. Only one object is in memory at a time.
func Join(decisions iter.Seq2[Decision, error], steps iter.Seq2[Step, error], findings iter.Seq2[Finding, error]) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		d, stopDecisions := follow(decisions, func(v Decision) ExternalID { return v.Object })
		defer stopDecisions()
		s, stopSteps := follow(steps, func(v Step) ExternalID { return v.Object })
		defer stopSteps()
		f, stopFindings := follow(findings, func(v Finding) ExternalID { return v.Object })
		defer stopFindings()
		for d.more || s.more || f.more {
			id := least(d.at(), s.at(), f.at())
			var row Row
			err := d.take(id, func(v Decision) { row.Decision = v })
			if err == nil {
				err = s.take(id, row.step)
			}
			if err == nil {
				err = f.take(id, row.finding)
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			if id != "" && !yield(row, nil) {
				return
			}
		}
	}
}

func (r *Row) step(s Step) {
	if r.Object == "" { // a step without a decision is shown all the same
		r.Decision = Decision{Kind: s.Source(), Object: s.Object, Name: s.Name}
	}
	r.Steps = append(r.Steps, s.ID)
	r.Actions = once(r.Actions, s.Action)
	r.Hazards = once(r.Hazards, s.Hazard)
	r.Waves = once(r.Waves, s.Wave)
	r.Before, r.After = merged(r.Before, s.Before), merged(r.After, s.After)
	switch s.Action {
	case AddMembers:
		r.Adds += len(s.Members)
	case Take:
		r.Takes += len(s.Members)
	case Create, Update, Adopt, Try, Remove:
	}
}

// once adds v to a list unless it is there, or zero.
func once[T comparable](list []T, v T) []T {
	var zero T
	if v == zero || slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

func merged(all, more Fields) Fields {
	if len(all) == 0 {
		return more
	}
	all = maps.Clone(all)
	maps.Copy(all, more)
	return all
}

func (r *Row) finding(f Finding) {
	if r.Object == "" {
		r.Decision = Decision{Kind: f.Kind, Object: f.Object, Name: f.Name}
	}
	r.Findings = append(r.Findings, f)
}

// follower reads one ordered sequence object by object.
type follower[T any] struct {
	next func() (T, error, bool)
	id   func(T) ExternalID
	head T
	err  error
	more bool
}

func follow[T any](all iter.Seq2[T, error], id func(T) ExternalID) (*follower[T], func()) {
	next, stop := iter.Pull2(all)
	f := &follower[T]{next: next, id: id}
	f.head, f.err, f.more = next()
	return f, stop
}

// at returns the object that comes next, or nil at the end.
func (f *follower[T]) at() *ExternalID {
	if !f.more {
		return nil
	}
	id := f.id(f.head)
	return &id
}

// take gives what there is about one object to with.
func (f *follower[T]) take(id ExternalID, with func(T)) error {
	for f.more {
		if f.err != nil {
			return f.err
		}
		switch head := f.id(f.head); {
		case head < id:
			return fmt.Errorf("join a plan: %q does not come after %q", head, id)
		case head > id:
			return nil
		}
		with(f.head)
		f.head, f.err, f.more = f.next()
	}
	return nil
}

// least returns the first ID of those that are there; at least one is.
func least(ids ...*ExternalID) ExternalID {
	var first *ExternalID
	for _, id := range ids {
		if id != nil && (first == nil || *id < *first) {
			first = id
		}
	}
	return *first
}

package migrate

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// View is a stored report as it is shown. The sequences are read several times
// and may be as long as the snapshot.
type View struct {
	Report
	ViewOptions
	// Changed counts the objects that changed since the run that the options
	// name, by class; nil when they name none.
	Changed map[Class]int
	// Lines yields the objects of one kind that are shown, in the order of
	// their IDs; Foreigners those that are at the destination alone.
	Lines      func(plan.Kind) iter.Seq2[Line, error]
	Foreigners func(plan.Kind) iter.Seq2[checkpoints.Foreigner, error]
	// NameOf returns what a person calls a source object.
	NameOf func(plan.ExternalID) string
}

// ViewOptions say what of a report is shown.
type ViewOptions struct {
	// All lists those who went through too.
	All bool
	// Most is the largest number of objects that are shown of one sort; 0 means
	// all. It is not for views that machines read.
	Most int
	// Since is a run: only what changed after it is listed, by a later run or
	// at the destination; 0 means everything.
	Since int64
	// Redact leaves names out; nil shows them.
	Redact *plan.Redaction
}

// Line is one source object in a report, with what is not as it should be.
type Line struct {
	checkpoints.Verdict
	// Differences are the attributes that are otherwise at the destination.
	Differences []Difference `json:"differences,omitempty"`
	// Absent are people who should be in the group and are not, Extra those
	// who should not.
	Absent []plan.ExternalID `json:"absent,omitempty"`
	Extra  []plan.ExternalID `json:"extra,omitempty"`
}

// Difference is one attribute of a drifted object.
type Difference struct {
	Attribute string `json:"attribute"`
	// Is is what the destination has, "" where it has nothing.
	Is    string `json:"is"`
	Wants string `json:"wants"`
}

// class is the line's class.
func (l Line) class() Class { return Class(l.Class) }

// Open makes a view of a stored report.
func Open(ctx context.Context, f *checkpoints.File, stored checkpoints.Report, opts ViewOptions) (View, error) {
	v := View{ViewOptions: opts}
	if err := json.Unmarshal([]byte(stored.Head), &v.Report); err != nil {
		return View{}, fmt.Errorf("read report %d: %w", stored.ID, err)
	}
	red := opts.Redact
	v.redact()
	v.NameOf = f.NameOf(ctx, stored.Plan)
	if red != nil {
		v.NameOf = red.NameOf
	}
	v.Lines = func(k plan.Kind) iter.Seq2[Line, error] {
		return plan.Each(lines(ctx, f, stored, opts, k), func(l Line) Line { return l.without(red) })
	}
	v.Foreigners = func(k plan.Kind) iter.Seq2[checkpoints.Foreigner, error] {
		return plan.Each(f.Foreigners(ctx, stored, k), func(s checkpoints.Foreigner) checkpoints.Foreigner {
			s.Name = red.Name(s.Kind, plan.ExternalID(s.Remote), s.Name)
			s.External, s.Remote = plan.ID(red, s.External), plan.ID(red, s.Remote)
			return s
		})
	}
	return v, v.countChanged()
}

// countChanged counts what changed since a run.
func (v *View) countChanged() error {
	if v.Since == 0 {
		return nil
	}
	v.Changed = map[Class]int{}
	for l, err := range v.all() {
		if err != nil {
			return err
		}
		v.Changed[l.class()]++
	}
	return nil
}

// all yields the lines of every kind.
func (v View) all() iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for _, k := range decided() {
			for l, err := range v.Lines(k) {
				if !yield(l, err) {
					return
				}
			}
		}
	}
}

// lines joins what a report says of the objects of one kind with what is not
// as it should be.
func lines(ctx context.Context, f *checkpoints.File, stored checkpoints.Report, opts ViewOptions, k plan.Kind) iter.Seq2[Line, error] {
	whole := opts.All || opts.Since > 0
	verdicts := f.Verdicts(ctx, stored, k)
	if whole {
		verdicts = f.AllVerdicts(ctx, stored, k)
	}
	return func(yield func(Line, error) bool) {
		steps := pull(f.Differences(ctx, stored, k))
		defer steps.stop()
		fates := pull(f.Fates(ctx, stored.Plan, k))
		defer fates.stop()
		for v, err := range verdicts {
			l := Line{Verdict: v}
			if err == nil && l.class() == Drifted {
				err = take(steps, v.Object, func(s plan.Step) plan.ExternalID { return s.Object }, l.differ)
				if l.Why == "" {
					l.Why = l.summary()
				}
			}
			if err == nil && v.Class == "" {
				l.Class = string(reached(v.Planned))
				var sum fate
				err = take(fates, v.Object, func(f checkpoints.Fate) plan.ExternalID { return f.Object }, sum.add)
				l.Attempts, l.Run, l.At = sum.attempts, sum.run, sum.at
			}
			if err == nil && opts.Since > 0 && !l.changedSince(opts.Since) {
				continue
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// changedSince tells whether a later run has recorded something on the object,
// or the destination is no longer as it was left.
func (l Line) changedSince(run int64) bool {
	return l.Run > run || slices.Contains([]Class{Missing, Drifted, Conflicting}, l.class())
}

// differ adds what a step would change.
func (l *Line) differ(s plan.Step) {
	for path, to := range s.After.Sorted() {
		l.Differences = append(l.Differences, Difference{path, s.Before[path], to})
	}
	if s.Action == plan.AddMembers {
		l.Absent = append(l.Absent, s.Members...)
	} else {
		l.Extra = append(l.Extra, s.Members...)
	}
}

package migrate

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// Reconcile reads the destination back in full and holds it against what the
// plan wants. The journal is asked why something is not there, and never
// believed that it is. Deciding anew with what was read back is the
// comparison: an object that would get no step is right.
func Reconcile(ctx context.Context, f *checkpoints.File, dst Lister, p checkpoints.Plan, destination string, observe Observer) (Report, error) {
	snap, err := f.Snapshot(ctx, p.Snapshot)
	if err != nil {
		return Report{}, err
	}
	inv, err := takeInventory(ctx, f, dst, destination, "", observe)
	if err != nil {
		return Report{}, err
	}
	c := &comparison{report: Report{
		Plan: p.Summary.Digest, Snapshot: snap.Digest, Inventory: inv.Digest, Source: snap.Source, Destination: inv.Destination,
		PlanMade: p.Made, ReadBack: inv.Taken, InSnapshot: snap.Entries, Objects: map[plan.Kind]map[Class]int{}, Steps: map[string]int{}, Rows: []Row{},
	}, wrong: map[plan.ExternalID]string{}, waves: newReconciling(p, !inv.Proof.Complete)}
	c.report.Waived = p.Rules.Waived
	if c.report.Attested, err = f.Attestations(ctx); err != nil {
		return Report{}, err
	}
	if c.blocks, err = blocks(ctx, f, p.ID); err != nil {
		return Report{}, err
	}
	if !inv.Proof.Complete {
		c.report.Incomplete = inv.Proof.Why()
	}
	c.planned = pull(f.Decisions(ctx, p.ID))
	defer c.planned.stop()
	c.journal = pull(f.Journal(ctx, p.ID))
	defer c.journal.stop()
	in, err := input(ctx, f, snap, inv, p.Rules)
	if err != nil {
		return Report{}, err
	}
	sum, err := plan.Decide(in, c)
	if err != nil {
		return Report{}, fmt.Errorf("compare the destination with plan %s: %w", p.Summary.Digest.Short(), err)
	}
	c.report.Unexpected = sum.Unexpected
	if err := c.settle(); err != nil {
		return Report{}, err
	}
	if err := c.report.close(); err != nil {
		return Report{}, err
	}
	for _, w := range p.Summary.Waves {
		c.report.Waves = append(c.report.Waves, WaveReport{Name: w.Name, Reconciled: c.waves[w.Name] == 0})
	}
	return c.report, f.SaveReconciled(ctx, p.ID, c.waves, time.Now())
}

// comparison takes the decisions that are made anew. They come by kind; those
// of the plan and of the journal are read side by side when all are known.
type comparison struct {
	report  Report
	planned *puller[plan.Decision]
	journal *puller[checkpoints.Line]
	now     []plan.Decision
	wrong   map[plan.ExternalID]string // what a new step would change
	blocks  map[plan.ExternalID]string // why the plan left an object out
	waves   reconciling
}

// blocks returns the first blocking finding on each object.
func blocks(ctx context.Context, f *checkpoints.File, planID int64) (map[plan.ExternalID]string, error) {
	why := map[plan.ExternalID]string{}
	for v, err := range f.Findings(ctx, planID) {
		if err != nil {
			return nil, err
		}
		if _, known := why[v.Object]; v.Severity == plan.Block && !known {
			why[v.Object] = v.Sentence
		}
	}
	return why, nil
}

func (c *comparison) Finding(plan.Finding) error { return nil }

func (c *comparison) Decision(d plan.Decision) error {
	c.now = append(c.now, d)
	return nil
}

// Step says what is not as it should be.
func (c *comparison) Step(s plan.Step) error {
	c.waves.miss(s.Wave)
	var parts []string
	for path := range s.After.Sorted() {
		parts = append(parts, path)
	}
	switch {
	case s.Action == plan.AddMembers:
		parts = append(parts, fmt.Sprintf("%d members missing", len(s.Members)))
	case len(s.Members) > 0:
		parts = append(parts, fmt.Sprintf("%d members too many", len(s.Members)))
	case s.Action == plan.Create:
		parts = []string{"not at the destination"}
	}
	if before := c.wrong[s.Object]; before != "" {
		parts = append([]string{before}, parts...)
	}
	c.wrong[s.Object] = strings.Join(parts, ", ")
	return nil
}

// settle puts every object into its class.
func (c *comparison) settle() error {
	now := map[plan.Kind]map[plan.ExternalID]plan.Decision{}
	for _, d := range c.now {
		if now[d.Kind] == nil {
			now[d.Kind] = map[plan.ExternalID]plan.Decision{}
		}
		now[d.Kind][d.Object] = d
	}
	for {
		then, more, err := c.planned.next()
		if err != nil || !more {
			return err
		}
		state, err := c.stateOf(then)
		if err != nil {
			return err
		}
		d, known := now[then.Kind][then.Object]
		if !known {
			return fmt.Errorf("%s %s is in the plan and not in its snapshot; this is a bug", then.Kind, then.Name)
		}
		row := c.row(then, d, state)
		if row.Class == Conflicting || row.Class == Unverified {
			c.waves.miss(state.waves...)
		}
		c.report.add(row)
	}
}

// sentState sums up the journal's lines of one object.
type sentState struct {
	failed   string
	failure  plan.Failure
	unsent   bool
	unknown  bool
	attempts int
	waves    []string // of its steps
}

// stateOf reads the journal's lines of one object. Both sides are in the order
// of kind and object.
func (c *comparison) stateOf(d plan.Decision) (sentState, error) {
	var s sentState
	for {
		line, more, err := c.journal.peek()
		if err != nil || !more || line.Step.Source() != d.Kind || line.Step.Object != d.Object {
			return s, err
		}
		c.journal.drop()
		c.report.Steps[string(line.State)]++
		s.attempts += line.Attempts
		s.waves = append(s.waves, line.Step.Wave)
		if line.State != checkpoints.Done {
			c.waves.miss(line.Step.Wave)
		}
		switch line.State {
		case checkpoints.Failed:
			if s.failed == "" {
				s.failed, s.failure = line.Error, line.Failure
			}
		case checkpoints.Pending:
			s.unsent = true
		case checkpoints.Sending:
			s.unsent, s.unknown = true, true
		case checkpoints.Done:
		}
	}
}

// row decides the class of one object from what was planned for it, what would
// be planned now, and what became of its steps.
func (c *comparison) row(then, now plan.Decision, s sentState) Row {
	row := Row{Kind: then.Kind, Object: then.Object, Name: then.Name, Code: then.Code, Attempts: s.attempts}
	switch {
	case s.failed != "":
		row.Class, row.Why, row.Next = failedClass(s.failure), s.failed, s.failure.Remedy()
	case s.unknown:
		row.Class, row.Why = Unsent, "sent, and no answer came; apply looks before it sends again"
	case s.unsent:
		row.Class, row.Why = Unsent, "apply goes on with it"
	case then.Class == plan.Excluded:
		row.Class = Excluded
	case then.Class == plan.Blocked:
		row.Class, row.Why = Blocked, c.blocks[then.Object]
	default:
		row.Class, row.Code, row.Why = c.class(then, now)
	}
	return row
}

// failedClass: what somebody else has changed or removed was not sent, and is
// for a new plan.
func failedClass(f plan.Failure) Class {
	switch f {
	case plan.FailedDrifted:
		return Drifted
	case plan.FailedGone:
		return Missing
	default:
		return Failed
	}
}

func (c *comparison) class(then, now plan.Decision) (Class, plan.Code, string) {
	switch now.Class {
	case plan.Unchanged:
		return reached(then.Class), "", ""
	case plan.Excluded: // disabled, and so it is at the destination
		if then.Class == plan.ToDeactivate {
			return Deactivated, now.Code, ""
		}
	case plan.Blocked:
		if now.Code == plan.InventoryIncomplete {
			return Unverified, now.Code, "the destination could not be read to its end"
		}
		return Conflicting, now.Code, "another object at the destination stands in its way"
	case plan.ToCreate:
		return Missing, "", c.wrong[now.Object]
	case plan.ToUpdate, plan.ToAdopt, plan.ToDeactivate:
	}
	return Drifted, "", c.wrong[now.Object]
}

// reached names what a planned class is called when it is so.
func reached(c plan.Class) Class {
	switch c {
	case plan.ToCreate:
		return Migrated
	case plan.ToUpdate:
		return Updated
	case plan.ToAdopt:
		return Adopted
	case plan.ToDeactivate:
		return Deactivated
	case plan.Unchanged, plan.Excluded, plan.Blocked:
	}
	return AlreadyRight
}

// puller reads a sequence one value at a time.
type puller[T any] struct {
	pull func() (T, error, bool)
	stop func()
	head *T
	err  error
}

func pull[T any](seq iter.Seq2[T, error]) *puller[T] {
	next, stop := iter.Pull2(seq)
	return &puller[T]{pull: next, stop: stop}
}

// peek returns the next value without taking it.
func (p *puller[T]) peek() (T, bool, error) {
	var zero T
	if p.head == nil && p.err == nil {
		v, err, more := p.pull()
		if !more {
			return zero, false, nil
		}
		p.head, p.err = &v, err
	}
	if p.err != nil {
		return zero, false, p.err
	}
	return *p.head, true, nil
}

func (p *puller[T]) drop() { p.head = nil }

func (p *puller[T]) next() (T, bool, error) {
	v, more, err := p.peek()
	p.drop()
	return v, more, err
}

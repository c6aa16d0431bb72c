package migrate

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// comparison takes the decisions that are made anew, and reads those of the
// plan, and what was sent for them, beside.
type comparison struct {
	report   *Report
	evidence evidence
	sides    map[plan.Kind]*side
	to       *checkpoints.ReportSink
	// blocks are findings on objects that are not decided yet: why they would
	// be left out now.
	blocks map[plan.ExternalID]plan.Finding
	waves  reconciling
	// provisioned says what the destination itself made of an object; nil for
	// one that provisions nothing. It is counted in provisionings.
	provisioned   func(plan.RemoteID) plan.Provisioning
	provisionings provisionings
}

// side is what the state file has of the objects of one kind, in the order of
// their IDs.
type side struct {
	planned *puller[plan.Decision]
	reasons *puller[plan.Finding]
	fates   *puller[checkpoints.Fate]
}

func newSide(ctx context.Context, f *checkpoints.File, planID int64, k plan.Kind) *side {
	return &side{
		planned: pull(ahead(f.DecisionsOf(ctx, planID, k))),
		reasons: pull(f.Reasons(ctx, planID, k)),
		fates:   pull(ahead(f.Fates(ctx, planID, k))),
	}
}

func (s *side) stop() {
	s.planned.stop()
	s.reasons.stop()
	s.fates.stop()
}

// Finding keeps why an object would be left out now, until it is decided.
func (c *comparison) Finding(f plan.Finding) error {
	if f.Severity != plan.Block || f.Object == "" {
		return nil
	}
	if _, known := c.blocks[f.Object]; !known {
		c.blocks[f.Object] = f
	}
	return nil
}

// Decision puts one object into its class.
func (c *comparison) Decision(now plan.Decision) error {
	s := c.sides[now.Kind]
	then, more, err := s.planned.next()
	if err != nil || !more || then.Object != now.Object {
		return orBug(err, now, "is in the snapshot and not where the plan has it")
	}
	fate, err := c.fateOf(s, now.Object)
	if err != nil {
		return err
	}
	var reason plan.Finding
	err = take(s.reasons, then.Object, func(f plan.Finding) plan.ExternalID { return f.Object }, func(f plan.Finding) {
		if reason.Code == "" && f.Code == then.Code {
			reason = f
		}
	})
	if err != nil {
		return err
	}
	fate.undoes = c.report.Undoes != nil
	if fate.undoes {
		c.report.InSnapshot[now.Kind]++
	}
	v := verdict(then, now, reason, c.blocks[now.Object], fate)
	delete(c.blocks, now.Object)
	c.further(&v, now)
	class := Class(v.Class)
	if class == Conflicting || class == Unverified {
		c.waves.miss(fate.waves...)
	}
	c.report.count(then.Kind, class)
	if !class.listed() {
		return nil
	}
	if now.Class != plan.ToAdopt { // what would be adopted is not this object yet
		v.Remote = now.Remote
	}
	return c.to.Verdict(v)
}

// Unexpected keeps what the destination holds and the source does not know.
func (c *comparison) Unexpected(r plan.Resource) error {
	c.report.Unexpected[r.Kind]++
	return c.to.Foreigner(checkpoints.Foreigner{Kind: r.Kind, Remote: r.RemoteID, External: r.ExternalID, Name: cmp.Or(r.Name(), string(r.RemoteID))})
}

// further asks what became of an object that is there, where the destination
// provisions it.
func (c *comparison) further(v *checkpoints.Verdict, now plan.Decision) {
	if c.provisioned == nil || v.Kind == plan.Setting || now.Remote == "" {
		return
	}
	p := c.provisioned(now.Remote)
	c.provisionings.count(p.Newest, v.Kind)
	if !p.Done && slices.Contains(through(), Class(v.Class)) {
		v.Class, v.Why, v.Remedy = string(Unprovisioned), p.Why, Unprovisioned.next()
	}
}

// Step keeps what would make a drifted object right.
func (c *comparison) Step(s plan.Step) error {
	if s.Action == plan.Try { // it changes nothing that could be otherwise
		return nil
	}
	c.waves.miss(s.Wave)
	if c.report.Objects[s.Source()][Drifted] == 0 {
		return nil
	}
	return c.to.Difference(s, string(Drifted))
}

// fate sums up the steps of one object.
type fate struct {
	failed   string
	failure  plan.Failure
	unsent   bool
	unknown  bool
	attempts int
	waves    []string // of its steps
	undoes   bool     // they undo another plan's
	run      int64
	at       time.Time
}

func (c *comparison) fateOf(s *side, object plan.ExternalID) (fate, error) {
	var sum fate
	err := take(s.fates, object, func(f checkpoints.Fate) plan.ExternalID { return f.Object }, func(f checkpoints.Fate) {
		c.report.Steps[string(f.State)]++
		c.evidence.add(f)
		if f.State != checkpoints.Done {
			c.waves.miss(f.Wave)
		}
		if f.State == checkpoints.Done && f.Action != plan.Create && f.Action != plan.AddMembers {
			c.report.BeforeImages++
		}
		sum.add(f)
	})
	return sum, err
}

func (s *fate) add(f checkpoints.Fate) {
	s.attempts += f.Attempts
	s.waves = append(s.waves, f.Wave)
	if f.Run > 0 && f.State != checkpoints.Pending && !f.At.Before(s.at) {
		s.run, s.at = f.Run, f.At
	}
	switch f.State {
	case checkpoints.Failed:
		if s.failed == "" {
			s.failed, s.failure = f.Error, f.Failure
		}
	case checkpoints.Pending:
		s.unsent = true
	case checkpoints.Sending:
		s.unsent, s.unknown = true, true
	case checkpoints.Done:
	}
}

// verdict decides the class of one object: from what was planned for it and
// what would be planned now, and from what became of its steps. Reason is why
// the plan left it out, block why it would be left out now.
func verdict(then, now plan.Decision, reason, block plan.Finding, s fate) checkpoints.Verdict {
	v := checkpoints.Verdict{
		Kind: then.Kind, Object: then.Object, Name: then.Name, Planned: then.Class, Code: then.Code,
		Attempts: s.attempts, Run: s.run, At: s.at,
	}
	say := func(c Class, code plan.Code, why, remedy string) checkpoints.Verdict {
		v.Class, v.Code, v.Why, v.Remedy = string(c), code, why, remedy
		return v
	}
	if slices.Contains([]plan.Class{plan.Excluded, plan.Blocked, plan.Left, plan.Gone}, then.Class) {
		if reason.Code == "" { // it is said once for all of them
			check, _ := plan.CheckOf(then.Code)
			reason.Sentence, reason.Remedy = check.Sentence, check.Remedy
		}
		return say(leftOutAs(then.Class), then.Code, reason.Sentence, reason.Remedy)
	}
	class := classOf(then, now)
	if s.undoes {
		class = undoneClass(then, now)
	}
	switch {
	case class.Settled() && (then.Kind != plan.Setting || s.failed == "" && !s.unsent): // what is tried is nothing that could be seen
		return say(class, "", "", "")
	case s.failed != "":
		v.Failure = s.failure
		return say(failedClass(s.failure, class), "", s.failed, s.failure.Remedy())
	case s.unknown:
		return say(Unsent, "", "sent, and no answer came", "it is looked up before it is sent again: ldap2scim apply")
	case s.unsent:
		return say(Unsent, "", "not sent yet", Unsent.next())
	case class == Conflicting && block.Code != "":
		return say(class, block.Code, block.Sentence, block.Remedy)
	case class == Unverified:
		return say(class, now.Code, "the destination could not be read to its end", class.next())
	case class == Missing:
		return say(class, "", "not at the destination", class.next())
	}
	return say(class, now.Code, "", class.next())
}

// failedClass: what somebody else has changed or removed was not sent, and is
// for a new plan.
func failedClass(f plan.Failure, now Class) Class {
	switch f {
	case plan.FailedDrifted, plan.FailedGone:
		return now
	default:
		return Failed
	}
}

// classOf compares an object's two decisions.
func classOf(then, now plan.Decision) Class {
	switch now.Class {
	case plan.Unchanged:
		return reached(then.Class)
	case plan.Excluded: // disabled, and so it is at the destination
		if then.Class == plan.ToDeactivate {
			return Deactivated
		}
	case plan.Blocked:
		if now.Code == plan.InventoryIncomplete {
			return Unverified
		}
		return Conflicting
	case plan.ToCreate:
		return Missing
	default:
	}
	return Drifted
}

// leftOutAs names the class of what a plan leaves out.
func leftOutAs(c plan.Class) Class {
	if c == plan.Left || c == plan.Gone {
		return reached(c)
	}
	return Class(c)
}

// undoneClass compares an object's two decisions of a rollback. What is still
// to be done now was not done; what somebody has changed before the rollback was
// made keeps its code.
func undoneClass(then, now plan.Decision) Class {
	switch now.Class {
	case plan.Unchanged:
		return reached(then.Class)
	case plan.Left:
		if then.Class == plan.ToEmpty && now.Code == plan.GroupStays || then.Class == plan.ToRestore && now.Code == then.Code {
			return reached(then.Class)
		}
	case plan.Gone:
		if then.Class == plan.ToRemove {
			return Removed
		}
		return Missing
	case plan.Blocked:
		return Unverified
	default:
	}
	return Drifted
}

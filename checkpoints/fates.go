package checkpoints

import (
	"context"
	"iter"
	"time"

	"ldap2scim/plan"
)

// Fate is what became of one step, without the step's content.
type Fate struct {
	Object   plan.ExternalID
	Step     plan.StepID
	Action   plan.Action
	Wave     string
	State    State
	Attempts int
	Error    string
	Failure  plan.Failure
	Run      int64 // 0 for a step that no run has marked
	At       time.Time
	Outcome  plan.Outcome
}

// Fates yields what became of the steps of the objects of one kind, in the
// order of the objects' IDs, and of the steps of each.
func (f *File) Fates(ctx context.Context, planID int64, k plan.Kind) iter.Seq2[Fate, error] {
	const source = " CASE s.source WHEN '' THEN s.kind ELSE s.source END "
	rest := " FROM decisions d CROSS JOIN steps s INDEXED BY steps_object ON s.plan = d.plan AND s.object = d.object" + ofJournal +
		" WHERE d.plan = ? AND d.kind = ? AND d.kind =" + source + "ORDER BY d.object, s.seq"
	if k == plan.Person { // who has nearly all steps: to pass over the others is less than to look each up
		rest = " FROM steps s INDEXED BY steps_object" + ofJournal + " WHERE s.plan = ? AND ? =" + source + "ORDER BY s.object, s.seq"
	}
	// One text costs less than twelve columns.
	return each(ctx, f, new(fateReader).scan, "SELECT json_array(s.object, s.id, s.action, s.wave, "+stateOf+", coalesce(j.error, ''), coalesce(j.failure, ''), "+
		atOf+", coalesce(j.remote_id, ''), coalesce(j.version, '')), coalesce(j.attempts, 0), "+runOf+rest, planID, string(k))
}

// fateReader reads fates one after the other. Many were recorded together, so
// that the time of one is often that of the one before.
type fateReader struct {
	stamp string
	at    time.Time
}

func (r *fateReader) scan(row scanner) (f Fate, err error) {
	var texts string
	if err := row.Scan(&texts, &f.Attempts, &f.Run); err != nil {
		return f, err
	}
	c := cursor{rest: texts}
	next := func(before byte) string {
		c.must(before)
		return c.text()
	}
	f.Object, f.Step = plan.ExternalID(next('[')), plan.StepID(next(','))
	action := next(',')
	f.Wave, f.State, f.Error, f.Failure = next(','), State(next(',')), next(','), plan.Failure(next(','))
	at := next(',')
	f.Outcome.RemoteID, f.Outcome.Version = plan.RemoteID(next(',')), next(',')
	if c.must(']'); c.err != nil {
		return f, c.err
	}
	if at != r.stamp {
		if r.at, err = parseStamp(at); err != nil {
			return f, err
		}
		r.stamp = at
	}
	f.At = r.at
	return f, f.Action.UnmarshalText([]byte(action))
}

// Reasons yields, by object, the findings that may be why a plan left objects
// of one kind out: those with the code of a decision.
func (f *File) Reasons(ctx context.Context, planID int64, k plan.Kind) iter.Seq2[plan.Finding, error] {
	return each(ctx, f, scanFinding, findingColumns+` WHERE plan = ?1 AND kind = ?2 AND object <> ''
		AND code IN (SELECT code FROM decisions WHERE plan = ?1 AND kind = ?2 AND code <> '') ORDER BY object, seq`, planID, string(k))
}

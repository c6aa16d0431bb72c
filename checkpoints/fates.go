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
	return each(ctx, f, scanFate, "SELECT s.object, s.id, s.action, s.wave, "+stateOf+", coalesce(j.attempts, 0), coalesce(j.error, ''), coalesce(j.failure, ''), "+runOf+", "+atOf+`, coalesce(j.remote_id, ''), coalesce(j.version, '')
		FROM decisions d CROSS JOIN steps s INDEXED BY steps_object ON s.plan = d.plan AND s.object = d.object`+ofJournal+`
		WHERE d.plan = ? AND d.kind = ? AND d.kind = CASE s.source WHEN '' THEN s.kind ELSE s.source END ORDER BY d.object, s.seq`, planID, string(k))
}

func scanFate(row scanner) (f Fate, err error) {
	var action, at string
	if err := row.Scan(&f.Object, &f.Step, &action, &f.Wave, &f.State, &f.Attempts, &f.Error, &f.Failure, &f.Run, &at, &f.Outcome.RemoteID, &f.Outcome.Version); err != nil {
		return f, err
	}
	if f.At, err = parseStamp(at); err != nil {
		return f, err
	}
	return f, f.Action.UnmarshalText([]byte(action))
}

// Reasons yields, by object, the findings that may be why a plan left objects
// of one kind out: those with the code of a decision.
func (f *File) Reasons(ctx context.Context, planID int64, k plan.Kind) iter.Seq2[plan.Finding, error] {
	return each(ctx, f, scanFinding, findingColumns+` WHERE plan = ?1 AND kind = ?2 AND object <> ''
		AND code IN (SELECT code FROM decisions WHERE plan = ?1 AND kind = ?2 AND code <> '') ORDER BY object, seq`, planID, string(k))
}

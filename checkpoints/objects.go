package checkpoints

import (
	"context"
	"iter"

	"ldap2scim/plan"
)

// Rows yields a plan's source objects of one kind, with all that the plan says
// of each, in the order of their IDs.
func (f *File) Rows(ctx context.Context, planID int64) func(plan.Kind) iter.Seq2[plan.Row, error] {
	return func(k plan.Kind) iter.Seq2[plan.Row, error] {
		return plan.Join(
			f.DecisionsOf(ctx, planID, k),
			// The decisions come first, in the order of their key, and the steps
			// are looked up by their index, which SQLite must be told: it would
			// read all steps for each decision. A unit has steps on the group
			// that is made of it, which source says.
			each(ctx, f, scanStep, `SELECT s.body FROM decisions d CROSS JOIN steps s INDEXED BY steps_object ON s.plan = d.plan AND s.object = d.object
				WHERE d.plan = ? AND d.kind = ? AND d.kind = CASE s.source WHEN '' THEN s.kind ELSE s.source END ORDER BY d.object, s.seq`, planID, string(k)),
			each(ctx, f, scanFinding, findingColumns+" WHERE plan = ? AND kind = ? AND object <> '' ORDER BY object, seq", planID, string(k)))
	}
}

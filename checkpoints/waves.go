package checkpoints

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Standing says how far a wave of a plan is.
type Standing struct {
	// Unsent steps are pending, or nobody knows what became of them.
	Unsent int
	// Run is the last that recorded a step of the wave, or 0.
	Run int64
	// Reported is the last run that was over when the wave was read back, or 0
	// when it never was, and Open how much of it was not as the plan wants it.
	Reported int64
	Open     int
}

// Reconciled tells whether all of the wave was sent, and read back after that,
// and found as the plan wants it.
func (s Standing) Reconciled() bool { return s.Unsent == 0 && s.Reported >= s.Run && s.Open == 0 }

// Standings returns how far the waves of a plan are, in their order. A wave is
// a stretch of the plan, so that the journal alone tells.
func (f *File) Standings(ctx context.Context, p Plan) ([]Standing, error) {
	var all []Standing
	first := 1
	for _, w := range p.Summary.Waves {
		s, err := f.standing(ctx, p.ID, w.Name, first, w.Requests)
		if err != nil {
			return nil, err
		}
		first += w.Requests
		all = append(all, s)
	}
	return all, nil
}

func (f *File) standing(ctx context.Context, planID int64, wave string, first, steps int) (Standing, error) {
	var s Standing
	over := 0
	err := f.db.QueryRowContext(ctx, `SELECT coalesce(sum(state IN ('done', 'failed')), 0),
			max(coalesce(max(run), 0), (SELECT coalesce(max(run), 0) FROM journal_marks WHERE plan = ?1 AND first <= ?3 AND last >= ?2))
		FROM journal_rows WHERE plan = ?1 AND seq BETWEEN ?2 AND ?3`,
		planID, first, first+steps-1).Scan(&over, &s.Run)
	if err != nil {
		return Standing{}, fmt.Errorf("look how far wave %s is: %w", wave, err)
	}
	s.Unsent = steps - over
	err = f.db.QueryRowContext(ctx, "SELECT run, open FROM reconciled WHERE plan = ? AND wave = ?", planID, wave).Scan(&s.Reported, &s.Open)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Standing{}, fmt.Errorf("look whether wave %s was read back: %w", wave, err)
	}
	return s, nil
}

// SaveReconciled records what a report found of the waves of a plan: how much
// of each is not as the plan wants it.
func (f *File) SaveReconciled(ctx context.Context, planID int64, open map[string]int, at time.Time) error {
	err := f.write(ctx, func(tx *sql.Tx) error {
		for wave, n := range open {
			_, err := tx.ExecContext(ctx, `INSERT INTO reconciled (plan, wave, run, at, open) VALUES (?1, ?2, (SELECT coalesce(max(id), 0) FROM runs WHERE plan = ?1), ?3, ?4)
				ON CONFLICT (plan, wave) DO UPDATE SET run = excluded.run, at = excluded.at, open = excluded.open`, planID, wave, stamp(at), n)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record what was found of the waves of plan %d: %w", planID, err)
	}
	return nil
}

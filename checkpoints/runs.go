package checkpoints

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Run is one carrying out of a plan, or of what was left of it.
type Run struct {
	ID      int64     `json:"id"`
	Plan    int64     `json:"plan"`
	Version string    `json:"version"` // of the program
	Started time.Time `json:"started"`
	// Ended is zero while the run goes, and for a run that was killed.
	Ended   time.Time `json:"ended,omitzero"`
	Outcome string    `json:"outcome,omitempty"`
}

// StartRun records that a run begins.
func (f *File) StartRun(ctx context.Context, planID int64, version string, at time.Time) (int64, error) {
	res, err := f.db.ExecContext(ctx, "INSERT INTO runs (plan, version, started_at, ended_at, outcome) VALUES (?, ?, ?, '', '')", planID, version, stamp(at))
	if err != nil {
		return 0, fmt.Errorf("record the start of a run: %w", err)
	}
	return res.LastInsertId()
}

// EndRun records how a run ended, and what it has sent in all.
func (f *File) EndRun(ctx context.Context, run int64, outcome string, sent Tally, at time.Time) error {
	err := f.write(ctx, func(tx *sql.Tx) error {
		if err := sent.write(ctx, prepared{f, tx}, run); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE runs SET ended_at = ?, outcome = ? WHERE id = ?", stamp(at), outcome, run)
		return err
	})
	if err != nil {
		return fmt.Errorf("record the end of run %d: %w", run, err)
	}
	return nil
}

// LastRun returns the newest run of a plan; the error wraps [ErrNone] when
// there is none.
func (f *File) LastRun(ctx context.Context, planID int64) (Run, error) {
	last, err := first(each(ctx, f, scanRun, runColumns+" WHERE plan = ? ORDER BY id DESC LIMIT 1", planID))
	switch {
	case err != nil:
		return Run{}, fmt.Errorf("read the last run of plan %d: %w", planID, err)
	case last == nil:
		return Run{}, fmt.Errorf("run of plan %d: %w", planID, ErrNone)
	}
	return *last, nil
}

// Runs returns all runs of a plan in the order in which they began.
func (f *File) Runs(ctx context.Context, planID int64) ([]Run, error) {
	return collected(each(ctx, f, scanRun, runColumns+" WHERE plan = ? ORDER BY id", planID))
}

const runColumns = "SELECT id, plan, version, started_at, ended_at, outcome FROM runs"

func scanRun(row scanner) (r Run, err error) {
	var started, ended string
	if err := row.Scan(&r.ID, &r.Plan, &r.Version, &started, &ended, &r.Outcome); err != nil {
		return r, err
	}
	var err1, err2 error
	r.Started, err1 = parseStamp(started)
	r.Ended, err2 = parseStamp(ended)
	return r, errors.Join(err1, err2)
}

// NewestRun returns the number of the newest run of any plan, 0 when there was
// none.
func (f *File) NewestRun(ctx context.Context) (int64, error) {
	var last int64
	if err := f.db.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM runs").Scan(&last); err != nil {
		return 0, fmt.Errorf("read the runs: %w", err)
	}
	return last, nil
}

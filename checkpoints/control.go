package checkpoints

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// Control is what the operator says to a run that is going.
type Control struct {
	// Rate is the most requests a second; 0 means any.
	Rate   float64
	Paused bool
}

// Control returns what was last said to a run; the zero value when nothing was.
func (f *File) Control(ctx context.Context, run int64) (Control, error) {
	var c Control
	err := f.db.QueryRowContext(ctx, "SELECT rate, paused FROM controls WHERE run = ?", run).Scan(&c.Rate, &c.Paused)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Control{}, fmt.Errorf("read the controls of run %d: %w", run, err)
	}
	return c, nil
}

// Steer changes what is said to the run that another process is carrying out
// with the state file at path. It takes no lock. The error wraps [ErrNone] when
// no run is going.
func Steer(ctx context.Context, path string, at time.Time, change func(*Control)) (_ Control, err error) {
	held, err := Held(path)
	if err != nil {
		return Control{}, err
	}
	if !held {
		return Control{}, fmt.Errorf("state file %s: no run is going: %w", path, ErrNone)
	}
	found, err := inspect(ctx, path)
	if err != nil {
		return Control{}, err
	}
	if found < version() {
		return Control{}, fmt.Errorf("state file %s: no run is going: %w", path, ErrNone)
	}
	db, err := sql.Open("sqlite", dsn(path, "_txlock=immediate", "_pragma=synchronous(FULL)", "_pragma=foreign_keys(1)", "_pragma=busy_timeout(5000)"))
	if err != nil {
		return Control{}, fmt.Errorf("open state file %s: %w", path, err)
	}
	f := &File{db: db}
	defer func() { err = errors.Join(err, f.Close()) }()
	var c Control
	err = f.write(ctx, func(tx *sql.Tx) error {
		var run int64
		err := tx.QueryRowContext(ctx, "SELECT id FROM runs WHERE ended_at = '' ORDER BY id DESC LIMIT 1").Scan(&run)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("no run is going: %w", ErrNone)
		}
		if err != nil {
			return err
		}
		if c, err = f.Control(ctx, run); err != nil {
			return err
		}
		change(&c)
		_, err = tx.ExecContext(ctx, `INSERT INTO controls (run, rate, paused, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (run) DO UPDATE SET rate = excluded.rate, paused = excluded.paused, at = excluded.at`, run, c.Rate, c.Paused, stamp(at))
		return err
	})
	if err != nil {
		return Control{}, fmt.Errorf("state file %s: %w", path, err)
	}
	return c, nil
}

// Held tells whether a process is writing to the state file. A run that has
// not ended, of a file that nobody holds, was killed.
func Held(path string) (bool, error) {
	lock := flock.New(path + ".lock")
	free, err := lock.TryRLock()
	if err != nil {
		return false, fmt.Errorf("look at the lock of %s: %w", path, err)
	}
	if free {
		return false, lock.Unlock()
	}
	return true, nil
}

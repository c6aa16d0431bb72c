package checkpoints

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"ldap2scim/plan"
)

// State is where a step is in the journal; see the package comment.
type State string

const (
	Pending State = "pending"
	Sending State = "sending"
	Done    State = "done"
	Failed  State = "failed"
)

// Marked is a step that is marked as sending.
type Marked struct {
	Seq  int64
	Step plan.Step
	// Attempts were made in earlier runs.
	Attempts int
}

// Result is what became of a step.
type Result struct {
	Seq      int64        `json:"seq"`
	State    State        `json:"state"` // Done, Failed, or Pending for a step that was not sent
	Attempts int          `json:"attempts"`
	Outcome  plan.Outcome `json:"outcome,omitzero"`
	// Error says why the step failed, in words; Failure is the same as one of
	// few words, and Said what the service itself has said.
	Error   string       `json:"error,omitempty"`
	Failure plan.Failure `json:"failure,omitempty"`
	Said    string       `json:"said,omitempty"`
}

// Scope says which of a plan's pending steps a run takes up.
type Scope struct {
	// Wave is the only wave; "" stands for all.
	Wave string
	// Again takes only steps that have failed before; see [File.Reopen].
	Again bool
}

// Begin marks the next n pending steps after seq as sending, in the order of
// the plan, and returns them. What it has not returned must not be sent.
func (f *File) Begin(ctx context.Context, planID, run, after int64, n int, scope Scope, at time.Time) ([]Marked, error) {
	var marked []Marked
	err := f.write(ctx, func(tx *sql.Tx) error {
		var err error
		if marked, err = nextPending(ctx, tx, planID, after, n, scope); err != nil {
			return err
		}
		for _, m := range marked {
			_, err := tx.ExecContext(ctx, `INSERT INTO journal (plan, seq, state, run, attempts, remote_id, version, error, at) VALUES (?, ?, 'sending', ?, 0, '', '', '', ?)
				ON CONFLICT (plan, seq) DO UPDATE SET state = 'sending', run = excluded.run, at = excluded.at`, planID, m.Seq, run, stamp(at))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("mark steps as sending: %w", err)
	}
	return marked, nil
}

const markedColumns = "SELECT s.seq, s.body, coalesce(j.attempts, 0) FROM steps s LEFT JOIN journal j ON j.plan = s.plan AND j.seq = s.seq"

func nextPending(ctx context.Context, tx *sql.Tx, planID, after int64, n int, scope Scope) ([]Marked, error) {
	rows, err := tx.QueryContext(ctx, markedColumns+` WHERE s.plan = ? AND s.seq > ? AND coalesce(j.state, 'pending') = 'pending'
		AND (? = '' OR s.wave = ?) AND (NOT ? OR j.error <> '') ORDER BY s.seq LIMIT ?`, planID, after, scope.Wave, scope.Wave, scope.Again, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // Err below says how the reading went
	var all []Marked
	for rows.Next() {
		m, err := scanMarked(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

func scanMarked(row scanner) (m Marked, err error) {
	var body string
	if err := row.Scan(&m.Seq, &body, &m.Attempts); err != nil {
		return m, err
	}
	return m, json.Unmarshal([]byte(body), &m.Step)
}

// Unknown yields the steps that are marked as sending: at the start of a run,
// those whose outcome nobody knows.
func (f *File) Unknown(ctx context.Context, planID int64) iter.Seq2[Marked, error] {
	return each(ctx, f, scanMarked, markedColumns+" WHERE s.plan = ? AND j.state = 'sending' ORDER BY s.seq", planID)
}

// Unfinished yields the steps that are neither done nor failed, in the order of
// the plan.
func (f *File) Unfinished(ctx context.Context, planID int64) iter.Seq2[Marked, error] {
	return each(ctx, f, scanMarked, markedColumns+" WHERE s.plan = ? AND coalesce(j.state, 'pending') IN ('pending', 'sending') ORDER BY s.seq", planID)
}

// Reopen makes the failed steps of a plan pending again and returns how many
// they are. They keep the reason of their failure until they are sent.
func (f *File) Reopen(ctx context.Context, planID int64, at time.Time) (int, error) {
	res, err := f.db.ExecContext(ctx, "UPDATE journal SET state = 'pending', at = ? WHERE plan = ? AND state = 'failed'", stamp(at), planID)
	if err != nil {
		return 0, fmt.Errorf("reopen the failed steps of plan %d: %w", planID, err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// Record writes what became of steps, and what the run has sent so far, in one
// transaction.
func (f *File) Record(ctx context.Context, planID, run int64, results []Result, sent Tally, at time.Time) error {
	err := f.write(ctx, func(tx *sql.Tx) error {
		for _, r := range results {
			res, err := tx.ExecContext(ctx, "UPDATE journal SET state = ?, run = ?, attempts = ?, remote_id = ?, version = ?, error = ?, failure = ?, said = ?, at = ? WHERE plan = ? AND seq = ? AND state = 'sending'",
				string(r.State), run, r.Attempts, string(r.Outcome.RemoteID), r.Outcome.Version, r.Error, string(r.Failure), r.Said, stamp(at), planID, r.Seq)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil || n != 1 {
				return errors.Join(err, fmt.Errorf("step %d is not marked as sending", r.Seq))
			}
		}
		return sent.write(ctx, tx, run)
	})
	if err != nil {
		return fmt.Errorf("record what became of %d steps: %w", len(results), err)
	}
	return nil
}

// States counts a plan's steps by state.
func (f *File) States(ctx context.Context, planID int64) (map[State]int, error) {
	counts := map[State]int{}
	type row struct {
		state State
		n     int
	}
	for r, err := range each(ctx, f, func(s scanner) (r row, err error) { return r, s.Scan(&r.state, &r.n) },
		"SELECT coalesce(j.state, 'pending'), count(*) FROM steps s LEFT JOIN journal j ON j.plan = s.plan AND j.seq = s.seq WHERE s.plan = ? GROUP BY 1", planID) {
		if err != nil {
			return nil, fmt.Errorf("count the steps of plan %d: %w", planID, err)
		}
		counts[r.state] = r.n
	}
	return counts, nil
}

// Open counts the steps of a scope that are pending, and those that are marked
// as sending.
func (f *File) Open(ctx context.Context, planID int64, scope Scope) (pending, sending int, err error) {
	err = f.db.QueryRowContext(ctx, `SELECT coalesce(sum(coalesce(j.state, 'pending') = 'pending'), 0), coalesce(sum(j.state = 'sending'), 0)
		FROM steps s LEFT JOIN journal j ON j.plan = s.plan AND j.seq = s.seq
		WHERE s.plan = ? AND (? = '' OR s.wave = ?) AND (NOT ? OR j.error <> '')`, planID, scope.Wave, scope.Wave, scope.Again).Scan(&pending, &sending)
	if err != nil {
		return 0, 0, fmt.Errorf("count the open steps of plan %d: %w", planID, err)
	}
	return pending, sending, nil
}

// Remote returns the destination's id of a source object, as the inventory of
// the plan or the plan's own steps have given it. It is "" when there is none
// yet, and the second result then says what became of the step that would
// have given one: a state, or "" when the plan has no such step.
func (f *File) Remote(ctx context.Context, p Plan, object plan.ExternalID) (plan.RemoteID, State, error) {
	var id plan.RemoteID
	err := f.db.QueryRowContext(ctx, "SELECT remote FROM decisions WHERE plan = ? AND kind IN ('person', 'group', 'unit') AND object = ?", p.ID, string(object)).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", "", fmt.Errorf("look up the id of %s: %w", object, err)
	}
	if id != "" {
		return id, "", nil
	}
	var state State
	err = f.db.QueryRowContext(ctx, `SELECT coalesce(j.remote_id, ''), coalesce(j.state, 'pending') FROM steps s LEFT JOIN journal j ON j.plan = s.plan AND j.seq = s.seq
		WHERE s.plan = ? AND s.object = ? AND s.action = '+'`, p.ID, string(object)).Scan(&id, &state)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", "", fmt.Errorf("look up the id of %s: %w", object, err)
	}
	if state != Done {
		id = ""
	}
	if id == "" && p.Undoes != 0 {
		undone, err := f.PlanByID(ctx, p.Undoes)
		if err != nil {
			return "", "", err
		}
		return f.Remote(ctx, undone, object)
	}
	return id, state, nil
}

// VersionOf returns the version that the newest step of the plan that is done
// has given an object, "" where the destination has not told it, and whether
// there is such a step.
func (f *File) VersionOf(ctx context.Context, planID int64, kind plan.Kind, object plan.ExternalID) (version string, changed bool, err error) {
	err = f.db.QueryRowContext(ctx, `SELECT j.version FROM steps s JOIN journal j ON j.plan = s.plan AND j.seq = s.seq
		WHERE s.plan = ? AND s.object = ? AND s.kind = ? AND j.state = 'done' ORDER BY j.at DESC, s.seq DESC LIMIT 1`, planID, string(object), string(kind)).Scan(&version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("look up the version of %s: %w", object, err)
	}
	return version, true, nil
}

// Journal yields every step that has a row in the journal with what became of
// it, by object and order.
func (f *File) Journal(ctx context.Context, planID int64) iter.Seq2[Line, error] {
	return each(ctx, f, scanLine, lineColumns+" WHERE s.plan = ? ORDER BY iif(s.source = '', s.kind, s.source), s.object, s.seq", planID)
}

// Failures yields the steps that have failed, in the order of the plan.
func (f *File) Failures(ctx context.Context, planID int64) iter.Seq2[Line, error] {
	return each(ctx, f, scanLine, lineColumns+" WHERE s.plan = ? AND j.state = 'failed' ORDER BY s.seq", planID)
}

const lineColumns = `SELECT s.seq, s.body, coalesce(j.state, 'pending'), coalesce(j.attempts, 0), coalesce(j.remote_id, ''), coalesce(j.version, ''), coalesce(j.error, ''), coalesce(j.failure, ''), coalesce(j.said, ''), coalesce(j.at, '')
	FROM steps s LEFT JOIN journal j ON j.plan = s.plan AND j.seq = s.seq`

func scanLine(row scanner) (l Line, err error) {
	var body, at string
	if err := row.Scan(&l.Seq, &body, &l.State, &l.Attempts, &l.Outcome.RemoteID, &l.Outcome.Version, &l.Error, &l.Failure, &l.Said, &at); err != nil {
		return l, err
	}
	if l.At, err = parseStamp(at); err != nil {
		return l, err
	}
	return l, json.Unmarshal([]byte(body), &l.Step)
}

// Line is one step with what became of it.
type Line struct {
	Result
	Step plan.Step `json:"step"`
	At   time.Time `json:"at,omitzero"`
}

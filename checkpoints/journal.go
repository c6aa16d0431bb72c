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
		list := make([]int64, len(marked))
		for i, m := range marked {
			list[i] = m.Seq
		}
		seqs, err := asJSON(list)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO journal (plan, seq, state, run, attempts, remote_id, version, error, at)
			SELECT ?, value, 'sending', ?, 0, '', '', '', ? FROM json_each(?) WHERE true
			ON CONFLICT (plan, seq) DO UPDATE SET state = 'sending', run = excluded.run, at = excluded.at`, planID, run, stamp(at), seqs)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("mark steps as sending: %w", err)
	}
	return marked, nil
}

const markedColumns = "SELECT s.seq, s.body, coalesce(j.attempts, 0) FROM steps s LEFT JOIN journal j ON j.plan = s.plan AND j.seq = s.seq"

// fewMarked are those of the steps in the journal that are not done, found by
// the index of them, which SQLite must be told.
const fewMarked = `SELECT j.seq, s.body, j.attempts FROM journal j INDEXED BY journal_state CROSS JOIN steps s ON s.plan = j.plan AND s.seq = j.seq
	WHERE j.plan = ?1 AND j.state <> 'done'`

func nextPending(ctx context.Context, tx *sql.Tx, planID, after int64, n int, scope Scope) ([]Marked, error) {
	query := markedColumns + ` WHERE s.plan = ?1 AND s.seq > ?2 AND coalesce(j.state, 'pending') = 'pending' AND (?3 = '' OR s.wave = ?3) ORDER BY s.seq LIMIT ?4`
	if scope.Again { // few of many, by their index
		query = fewMarked + ` AND j.seq > ?2 AND j.state = 'pending' AND j.error <> '' AND (?3 = '' OR s.wave = ?3) ORDER BY j.seq LIMIT ?4`
	}
	rows, err := tx.QueryContext(ctx, query, planID, after, scope.Wave, n)
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
	return each(ctx, f, scanMarked, fewMarked+" AND j.state = 'sending' ORDER BY j.seq", planID)
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
		update, err := tx.PrepareContext(ctx, "UPDATE journal SET state = ?, run = ?, attempts = ?, remote_id = ?, version = ?, error = ?, failure = ?, said = ?, at = ? WHERE plan = ? AND seq = ? AND state = 'sending'")
		if err != nil {
			return err
		}
		defer update.Close() //nolint:errcheck // it is closed with the transaction at the latest
		when := stamp(at)
		for _, r := range results {
			res, err := update.ExecContext(ctx, string(r.State), run, r.Attempts, string(r.Outcome.RemoteID), r.Outcome.Version, r.Error, string(r.Failure), r.Said, when, planID, r.Seq)
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

// LastDone returns when the last step of any plan on one of these objects was
// done, or the zero time.
func (f *File) LastDone(ctx context.Context, kind plan.Kind, objects ...plan.ExternalID) (time.Time, error) {
	var last time.Time
	for _, object := range objects {
		var at string
		err := f.db.QueryRowContext(ctx, `SELECT coalesce(max(j.at), '') FROM plans p JOIN steps s ON s.plan = p.id JOIN journal j ON j.plan = s.plan AND j.seq = s.seq
			WHERE s.object = ? AND s.kind = ? AND j.state = 'done'`, string(object), string(kind)).Scan(&at)
		if err != nil {
			return last, fmt.Errorf("look up when %s was done: %w", object, err)
		}
		t, err := parseStamp(at)
		if err != nil {
			return last, fmt.Errorf("look up when %s was done: %w", object, err)
		}
		if t.After(last) {
			last = t
		}
	}
	return last, nil
}

// FailedOf returns the first step on an object of one kind that has failed;
// the error wraps [ErrNone] when there is none.
func (f *File) FailedOf(ctx context.Context, planID int64, k plan.Kind) (Line, error) {
	for l, err := range each(ctx, f, scanLine, lineColumns+" WHERE s.plan = ? AND s.kind = ? AND j.state = 'failed' ORDER BY s.seq LIMIT 1", planID, string(k)) {
		return l, err
	}
	return Line{}, fmt.Errorf("a step of kind %s that has failed: %w", k, ErrNone)
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

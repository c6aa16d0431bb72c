package checkpoints

import (
	"context"
	"database/sql"
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

// ofJournal joins each step s with its row j of the journal, or with the mark m
// that it is within where it has no row. It is the view journal in a form that
// SQLite looks up step by step.
const ofJournal = ` LEFT JOIN journal_rows j ON j.plan = s.plan AND j.seq = s.seq
	LEFT JOIN journal_marks m ON j.seq IS NULL AND m.plan = s.plan AND s.seq BETWEEN m.low AND m.last`

// stateOf and runOf are what the two of them say.
const (
	stateOf = "coalesce(j.state, iif(m.plan IS NULL, 'pending', 'sending'))"
	runOf   = "coalesce(j.run, m.run, 0)"
	atOf    = "coalesce(j.at, m.at, '')"
)

const markedColumns = "SELECT s.seq, s.body, coalesce(j.attempts, 0) FROM steps s" + ofJournal

func scanMarked(row scanner) (m Marked, err error) {
	var body string
	if err := row.Scan(&m.Seq, &body, &m.Attempts); err != nil {
		return m, err
	}
	m.Step, err = readStep(body)
	return m, err
}

// Unknown yields the steps that are marked as sending: at the start of a run,
// those whose outcome nobody knows.
func (f *File) Unknown(ctx context.Context, planID int64) iter.Seq2[Marked, error] {
	return each(ctx, f, scanMarked, `SELECT s.seq, s.body, j.attempts FROM journal_rows j INDEXED BY journal_open CROSS JOIN steps s ON s.plan = j.plan AND s.seq = j.seq
			WHERE j.plan = ?1 AND j.state = 'sending' AND j.state <> 'done'
		UNION ALL SELECT s.seq, s.body, 0 FROM journal_marks m CROSS JOIN steps s ON s.plan = m.plan AND s.seq BETWEEN m.low AND m.last
			WHERE m.plan = ?1 AND NOT EXISTS (SELECT 1 FROM journal_rows j WHERE j.plan = s.plan AND j.seq = s.seq)
		ORDER BY 1`, planID)
}

// LastUnknown returns when the last step of any plan was marked whose outcome
// nobody knows, or the zero time.
func (f *File) LastUnknown(ctx context.Context) (time.Time, error) {
	var at string
	err := f.db.QueryRowContext(ctx, `SELECT coalesce(max(at), '') FROM (
		SELECT at FROM journal_rows INDEXED BY journal_open WHERE state = 'sending' AND state <> 'done'
		UNION ALL SELECT m.at FROM journal_marks m JOIN steps s ON s.plan = m.plan AND s.seq BETWEEN m.low AND m.last
			WHERE NOT EXISTS (SELECT 1 FROM journal_rows j WHERE j.plan = s.plan AND j.seq = s.seq))`).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("look up when the last step of unknown outcome was marked: %w", err)
	}
	return parseStamp(at)
}

// Unfinished yields the steps that are neither done nor failed, in the order of
// the plan.
func (f *File) Unfinished(ctx context.Context, planID int64) iter.Seq2[Marked, error] {
	return each(ctx, f, scanMarked, markedColumns+" WHERE s.plan = ? AND "+stateOf+" IN ('pending', 'sending') ORDER BY s.seq", planID)
}

// Reopen makes the failed steps of a plan pending again and returns how many
// they are. They keep the reason of their failure until they are sent.
func (f *File) Reopen(ctx context.Context, planID int64, at time.Time) (int, error) {
	res, err := f.db.ExecContext(ctx, "UPDATE journal_rows SET state = 'pending', at = ? WHERE plan = ? AND state = 'failed' AND state <> 'done'", stamp(at), planID)
	if err != nil {
		return 0, fmt.Errorf("reopen the failed steps of plan %d: %w", planID, err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// VersionOf returns the version that the newest step of the plan that is done
// has given an object, "" where the destination has not told it, and whether
// there is such a step.
func (f *File) VersionOf(ctx context.Context, planID int64, kind plan.Kind, object plan.ExternalID) (version string, changed bool, err error) {
	err = f.db.QueryRowContext(ctx, `SELECT j.version FROM steps s JOIN journal_rows j ON j.plan = s.plan AND j.seq = s.seq
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
		err := f.db.QueryRowContext(ctx, `SELECT coalesce(max(j.at), '') FROM plans p JOIN steps s ON s.plan = p.id JOIN journal_rows j ON j.plan = s.plan AND j.seq = s.seq
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

const lineColumns = "SELECT s.seq, s.body, " + stateOf + ", coalesce(j.attempts, 0), coalesce(j.remote_id, ''), coalesce(j.version, ''), coalesce(j.error, ''), coalesce(j.failure, ''), coalesce(j.said, ''), " + atOf + " FROM steps s" + ofJournal

func scanLine(row scanner) (l Line, err error) {
	var body, at string
	if err := row.Scan(&l.Seq, &body, &l.State, &l.Attempts, &l.Outcome.RemoteID, &l.Outcome.Version, &l.Error, &l.Failure, &l.Said, &at); err != nil {
		return l, err
	}
	if l.At, err = parseStamp(at); err != nil {
		return l, err
	}
	l.Step, err = readStep(body)
	return l, err
}

// Line is one step with what became of it.
type Line struct {
	Result
	Step plan.Step `json:"step"`
	At   time.Time `json:"at,omitzero"`
}

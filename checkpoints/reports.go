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

// Report is a stored report: what became of every object of a plan's snapshot
// when the destination was read back.
type Report struct {
	ID        int64
	Plan      int64
	Inventory int64 // as read back
	Made      time.Time
	// Head is JSON: what package migrate says of the whole.
	Head string
}

// SaveReport stores what settle gives to the sink, and the head that it
// returns. When settle ends with an error, nothing is stored.
func (f *File) SaveReport(ctx context.Context, r Report, settle func(*ReportSink) (head string, err error)) (Report, error) {
	err := f.write(ctx, func(tx *sql.Tx) error {
		var err error
		r.ID, err = insert(ctx, tx, "INSERT INTO reports (plan, inventory, made_at, head) VALUES (?, ?, ?, '')", r.Plan, r.Inventory, stamp(r.Made))
		if err != nil {
			return err
		}
		sink, err := newReportSink(ctx, tx, r)
		if err != nil {
			return err
		}
		if r.Head, err = settle(sink); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE reports SET head = ? WHERE id = ?", r.Head, r.ID)
		return err
	})
	if err != nil {
		return Report{}, fmt.Errorf("save report: %w", err)
	}
	return r, nil
}

// LastReport returns the newest report on a plan; the error wraps [ErrNone]
// when there is none.
func (f *File) LastReport(ctx context.Context, planID int64) (Report, error) {
	var r Report
	var made string
	err := f.head(ctx, fmt.Sprintf("report on plan %d", planID), "SELECT id, plan, inventory, made_at, head FROM reports WHERE plan = ? ORDER BY id DESC LIMIT 1",
		[]any{planID}, &r.ID, &r.Plan, &r.Inventory, &made, &r.Head)
	if err != nil {
		return Report{}, err
	}
	if r.Made, err = parseStamp(made); err != nil {
		return Report{}, fmt.Errorf("read the last report on plan %d: %w", planID, err)
	}
	return r, nil
}

// Verdict is what a report says of one source object.
type Verdict struct {
	Kind   plan.Kind       `json:"kind"`
	Object plan.ExternalID `json:"object"`
	Name   string          `json:"name"`
	// Planned is the object's class in the plan, Class that in the report; ""
	// says that it is as the plan wants it.
	Planned plan.Class `json:"planned"`
	Class   string     `json:"class"`
	// Code is the check that excluded or blocked it, or that stops it now.
	Code plan.Code `json:"code,omitempty"`
	// Failure is why a step on it failed, as one of few words, or "".
	Failure plan.Failure `json:"failure,omitempty"`
	// Why says what is not as it should be, Remedy what to do.
	Why    string `json:"why,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// Attempts counts the requests for its steps, Run is the last run that
	// recorded one of them, and At when; 0 and the zero time if none has.
	Attempts int       `json:"attempts,omitempty"`
	Run      int64     `json:"run,omitempty"`
	At       time.Time `json:"at,omitzero"`
	// Remote is the destination's id of the object as it was read back, or "".
	Remote plan.RemoteID `json:"remote,omitempty"`
}

// Foreigner is an object of the destination that the source does not know.
type Foreigner struct {
	Kind     plan.Kind       `json:"kind"`
	Remote   plan.RemoteID   `json:"remote"`
	External plan.ExternalID `json:"external,omitempty"`
	Name     string          `json:"name"`
}

// ReportSink takes a report as it is made. Its statements are closed with the
// transaction.
type ReportSink struct {
	ctx    context.Context //nolint:containedctx // lives for one SaveReport
	tx     *sql.Tx
	report Report
	seq    int

	verdict, difference, foreigner *sql.Stmt
}

func newReportSink(ctx context.Context, tx *sql.Tx, r Report) (*ReportSink, error) {
	s := &ReportSink{ctx: ctx, tx: tx, report: r}
	var err1, err2, err3 error
	s.verdict, err1 = tx.PrepareContext(ctx, "INSERT INTO report_objects (report, kind, object, name, planned, class, code, failure, why, remedy, remote, attempts, run, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	s.difference, err2 = tx.PrepareContext(ctx, `INSERT INTO report_differences (report, kind, object, seq, body)
		SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM report_objects WHERE report = ?1 AND kind = ?2 AND object = ?3 AND class = ?6)`)
	s.foreigner, err3 = tx.PrepareContext(ctx, "INSERT INTO report_unexpected (report, kind, remote_id, external_id, name) VALUES (?, ?, ?, ?, ?)")
	return s, errors.Join(err1, err2, err3)
}

// Verdict stores one object.
func (s *ReportSink) Verdict(v Verdict) error {
	_, err := s.verdict.ExecContext(s.ctx, s.report.ID, string(v.Kind), string(v.Object), v.Name, string(v.Planned), v.Class, string(v.Code), string(v.Failure),
		v.Why, v.Remedy, string(v.Remote), v.Attempts, v.Run, optionalStamp(v.At))
	if err != nil {
		return fmt.Errorf("store what became of %s: %w", v.Name, err)
	}
	return nil
}

// Difference stores a step that would make an object right, if the object has
// been stored in that class.
func (s *ReportSink) Difference(step plan.Step, class string) error {
	body, err := asJSON(step)
	if err != nil {
		return fmt.Errorf("difference of %s: %w", step.Name, err)
	}
	s.seq++
	_, err = s.difference.ExecContext(s.ctx, s.report.ID, string(step.Source()), string(step.Object), s.seq, body, class)
	return err
}

// Foreigner stores what the destination holds and the plan's source does not
// know.
func (s *ReportSink) Foreigner(v Foreigner) error {
	if _, err := s.foreigner.ExecContext(s.ctx, s.report.ID, string(v.Kind), string(v.Remote), string(v.External), v.Name); err != nil {
		return fmt.Errorf("store that %s is at the destination alone: %w", v.Remote, err)
	}
	return nil
}

// Verdicts yields the objects of one kind of which a report says that they are
// not simply as the plan wants them, in the order of their IDs.
func (f *File) Verdicts(ctx context.Context, r Report, k plan.Kind) iter.Seq2[Verdict, error] {
	return each(ctx, f, scanVerdict, `SELECT kind, object, name, planned, class, code, failure, why, remedy, remote, attempts, run, at
		FROM report_objects WHERE report = ? AND kind = ? ORDER BY object`, r.ID, string(k))
}

// AllVerdicts yields all objects of one kind in the order of their IDs. Of those
// that are as the plan wants them it says neither attempts nor run: [File.Fates]
// does.
func (f *File) AllVerdicts(ctx context.Context, r Report, k plan.Kind) iter.Seq2[Verdict, error] {
	all := each(ctx, f, scanVerdict, `SELECT d.kind, d.object, d.name, d.class, coalesce(o.class, ''), coalesce(o.code, ''), coalesce(o.failure, ''), coalesce(o.why, ''), coalesce(o.remedy, ''),
		coalesce(o.remote, ''), coalesce(o.attempts, 0), coalesce(o.run, 0), coalesce(o.at, '')
		FROM decisions d LEFT JOIN report_objects o ON o.report = ?1 AND o.kind = d.kind AND o.object = d.object
		WHERE d.plan = ?2 AND d.kind = ?3 ORDER BY d.object`, r.ID, r.Plan, string(k))
	kind := plan.Person
	if k != plan.Person {
		kind = plan.Group
	}
	return func(yield func(Verdict, error) bool) {
		next, stop := iter.Pull2(f.Owned(ctx, r.Inventory)(kind))
		defer stop()
		there, err, more := next()
		for v, verdictErr := range all {
			for more && err == nil && there.ExternalID < v.Object {
				there, err, more = next()
			}
			if v.Class == "" && more && there.ExternalID == v.Object {
				v.Remote = there.RemoteID
			}
			if err = errors.Join(verdictErr, err); !yield(v, err) || err != nil {
				return
			}
		}
	}
}

func scanVerdict(row scanner) (v Verdict, err error) {
	var at string
	if err := row.Scan(&v.Kind, &v.Object, &v.Name, &v.Planned, &v.Class, &v.Code, &v.Failure, &v.Why, &v.Remedy, &v.Remote, &v.Attempts, &v.Run, &at); err != nil {
		return v, err
	}
	v.At, err = parseStamp(at)
	return v, err
}

// Differences yields the steps that would make the objects of one kind right,
// by object.
func (f *File) Differences(ctx context.Context, r Report, k plan.Kind) iter.Seq2[plan.Step, error] {
	return each(ctx, f, scanStep, "SELECT body FROM report_differences WHERE report = ? AND kind = ? ORDER BY object, seq", r.ID, string(k))
}

// Foreigners yields the objects of one kind that a report found at the
// destination alone.
func (f *File) Foreigners(ctx context.Context, r Report, k plan.Kind) iter.Seq2[Foreigner, error] {
	return each(ctx, f, func(row scanner) (v Foreigner, err error) {
		return v, row.Scan(&v.Kind, &v.Remote, &v.External, &v.Name)
	}, "SELECT kind, remote_id, external_id, name FROM report_unexpected WHERE report = ? AND kind = ? ORDER BY remote_id", r.ID, string(k))
}

// Pseudonyms returns the key by which this state file's names are replaced
// where a view leaves them out. It is made with the file.
func (f *File) Pseudonyms(ctx context.Context) ([]byte, error) {
	var key []byte
	if err := f.db.QueryRowContext(ctx, "SELECT key FROM pseudonyms").Scan(&key); err != nil {
		return nil, fmt.Errorf("read the key of the pseudonyms: %w", err)
	}
	return key, nil
}

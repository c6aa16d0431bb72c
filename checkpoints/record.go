package checkpoints

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Record writes what became of steps, and what the run has sent so far, in one
// transaction.
func (f *File) Record(ctx context.Context, planID, run int64, results []Result, sent Tally, at time.Time) error {
	err := f.write(ctx, func(tx *sql.Tx) error {
		in := prepared{f, tx}
		marked, err := in.marks(ctx, planID)
		if err != nil {
			return err
		}
		r := recorder{in: in, plan: planID, run: run, at: stamp(at), marks: marked}
		if err := r.all(ctx, results); err != nil {
			return err
		}
		return sent.write(ctx, in, run)
	})
	if err != nil {
		return fmt.Errorf("record what became of %d steps: %w", len(results), err)
	}
	return nil
}

// recorder writes results into the journal, many with one statement.
type recorder struct {
	in        prepared
	plan, run int64
	at        string
	marks     stretches
	args      []any
}

// all writes them by their forms: nearly all are done, with nothing to say.
func (r *recorder) all(ctx context.Context, results []Result) error {
	var plain, other []Result
	for _, res := range results {
		if !r.marks.have(res.Seq) {
			return fmt.Errorf("step %d is not marked as sending", res.Seq)
		}
		if res.State == Done && res.Error == "" && res.Failure == "" && res.Said == "" {
			plain = append(plain, res)
		} else {
			other = append(other, res)
		}
	}
	if err := r.write(ctx, plain, "'done', column2, column3, column4, '', '', ''", func(res Result) []any {
		return []any{res.Seq, res.Attempts, string(res.Outcome.RemoteID), res.Outcome.Version}
	}); err != nil {
		return err
	}
	return r.write(ctx, other, "column2, column3, column4, column5, column6, column7, column8", func(res Result) []any {
		return []any{res.Seq, string(res.State), res.Attempts, string(res.Outcome.RemoteID), res.Outcome.Version, res.Error, string(res.Failure), res.Said}
	})
}

// write writes results of one form, whose values are the columns of a row.
func (r *recorder) write(ctx context.Context, results []Result, form string, values func(Result) []any) error {
	for len(results) > 0 {
		n := 1
		for _, many := range []int{64, 8} { // few statements serve any number
			if len(results) >= many {
				n = many
				break
			}
		}
		r.args = append(r.args[:0], r.plan, r.run, r.at)
		columns := 0
		for _, res := range results[:n] {
			own := values(res)
			columns = len(own)
			r.args = append(r.args, own...)
		}
		if err := r.insert(ctx, recordRows(n, columns, form), n); err != nil {
			return fmt.Errorf("from step %d on: %w", results[0].Seq, err)
		}
		results = results[n:]
	}
	return nil
}

// recordRows is the statement for n results of a form. It passes over a step
// that has a row and is not marked again.
func recordRows(n, columns int, form string) string {
	row := "(?" + strings.Repeat(", ?", columns-1) + ")"
	return `INSERT INTO journal_rows (plan, run, at, seq, state, attempts, remote_id, version, error, failure, said)
		SELECT ?, ?, ?, column1, ` + form + ` FROM (VALUES ` + row + strings.Repeat(", "+row, n-1) + `) WHERE true
		ON CONFLICT (plan, seq) DO UPDATE SET state = excluded.state, run = excluded.run, attempts = excluded.attempts, remote_id = excluded.remote_id,
			version = excluded.version, error = excluded.error, failure = excluded.failure, said = excluded.said, at = excluded.at
		WHERE journal_rows.state = 'sending'`
}

func (r *recorder) insert(ctx context.Context, query string, n int) error {
	res, err := r.in.exec(ctx, query, r.args...)
	if err != nil {
		return err
	}
	written, err := res.RowsAffected()
	if err == nil && written != int64(n) {
		err = fmt.Errorf("only %d of %d are marked as sending", written, n)
	}
	return err
}

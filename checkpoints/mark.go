package checkpoints

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Begin marks the next n pending steps after seq as sending, in the order of
// the plan, and returns them: fewer than n where they are large, and none where
// none is left. What it has not returned must not be sent.
func (f *File) Begin(ctx context.Context, planID, run, after int64, n int, scope Scope, at time.Time) ([]Marked, error) {
	var begun []Marked
	err := f.write(ctx, func(tx *sql.Tx) error {
		in := prepared{f, tx}
		marked, err := in.marks(ctx, planID)
		if err != nil {
			return err
		}
		next, err := in.nextPending(ctx, planID, marked, after, n, scope)
		if err != nil {
			return err
		}
		begun = make([]Marked, 0, len(next))
		m := marker{in: in, plan: planID, run: run, at: stamp(at), marks: marked}
		for _, p := range next {
			begun = append(begun, p.Marked)
			if err := m.add(ctx, p); err != nil {
				return err
			}
		}
		return m.end(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("mark steps as sending: %w", err)
	}
	return begun, nil
}

// stretch is a row of journal_marks: the steps from first to last have been marked,
// and those before low have a row of their own.
type stretch struct{ first, last, low, run int64 }

// stretches are those of a plan, in their order. No two of them meet.
type stretches []stretch

const marksQuery = "SELECT first, last, low, run FROM journal_marks WHERE plan = ? ORDER BY first"

func (p prepared) marks(ctx context.Context, planID int64) (all stretches, err error) {
	err = p.each(ctx, func(row scanner) (bool, error) {
		m, err := scanStretch(row)
		all = append(all, m)
		return false, err
	}, marksQuery, planID)
	return all, err
}

func scanStretch(row scanner) (m stretch, err error) {
	err = row.Scan(&m.first, &m.last, &m.low, &m.run)
	return m, err
}

// have tells whether a step has been marked.
func (all stretches) have(seq int64) bool {
	for _, m := range all {
		if m.first <= seq && seq <= m.last {
			return true
		}
	}
	return false
}

// end is the last step that has been marked, or 0.
func (all stretches) end() int64 {
	if len(all) == 0 {
		return 0
	}
	return all[len(all)-1].last
}

// steps counts those that have been marked.
func (all stretches) steps() (n int64) {
	for _, m := range all {
		n += m.last - m.first + 1
	}
	return n
}

// gap is the first step that has not been marked.
func (all stretches) gap() int64 {
	next := int64(1) // steps are numbered from 1 without a gap
	for _, m := range all {
		if m.first > next {
			break
		}
		next = max(next, m.last+1)
	}
	return next
}

// pendingStep is one that may be marked. Known has a row in the journal.
type pendingStep struct {
	Marked
	known bool
}

func (p prepared) nextPending(ctx context.Context, planID int64, marked stretches, after int64, n int, scope Scope) ([]pendingStep, error) {
	if scope == (Scope{}) && after >= marked.end() {
		return p.fresh(ctx, planID, after, n)
	}
	query := `SELECT s.seq, s.body, coalesce(j.attempts, 0), j.seq IS NOT NULL FROM steps s LEFT JOIN journal_rows j ON j.plan = s.plan AND j.seq = s.seq
		WHERE s.plan = ?1 AND s.seq > ?2 AND coalesce(j.state, 'pending') = 'pending' AND (?3 = '' OR s.wave = ?3) ORDER BY s.seq`
	if scope.Again { // few of many, by their index, which SQLite must be told
		query = `SELECT j.seq, s.body, j.attempts, 1 FROM journal_rows j INDEXED BY journal_open CROSS JOIN steps s ON s.plan = j.plan AND s.seq = j.seq
			WHERE j.plan = ?1 AND j.state <> 'done' AND j.seq > ?2 AND j.state = 'pending' AND j.error <> '' AND (?3 = '' OR s.wave = ?3) ORDER BY j.seq`
	}
	all := make([]pendingStep, 0, n)
	err := p.each(ctx, func(row scanner) (bool, error) {
		var next pendingStep
		var body string
		err := row.Scan(&next.Seq, &body, &next.Attempts, &next.known)
		if err != nil || !next.known && marked.have(next.Seq) { // it is sending
			return false, err
		}
		next.Step, err = readStep(body)
		all = append(all, next)
		return len(all) == n, err
	}, query, planID, after, scope.Wave)
	return all, err
}

// marker marks steps that come in the order of the plan.
type marker struct {
	in        prepared
	plan, run int64
	at        string
	marks     stretches
	// next is what follows each other of the steps that have no row, and again
	// are those that have one.
	next  stretch
	again []int64
}

func (m *marker) add(ctx context.Context, p pendingStep) error {
	if p.known {
		m.again = append(m.again, p.Seq)
		return nil
	}
	if m.next.first > 0 && p.Seq == m.next.last+1 {
		m.next.last = p.Seq
		return nil
	}
	err := m.write(ctx)
	m.next = stretch{first: p.Seq, last: p.Seq}
	return err
}

// write marks a stretch, as part of what the run has marked right before it, if
// that is so.
func (m *marker) write(ctx context.Context) error {
	if m.next.first == 0 {
		return nil
	}
	for _, before := range m.marks {
		if before.last == m.next.first-1 && before.run == m.run {
			return m.extend(ctx, before)
		}
	}
	_, err := m.in.exec(ctx, "INSERT INTO journal_marks (plan, first, last, low, run, at) VALUES (?1, ?2, ?3, ?2, ?4, ?5)", m.plan, m.next.first, m.next.last, m.run, m.at)
	return err
}

// passing is by how many steps the low end of a mark moves.
const passing = 256

// extend also moves the low end past steps that have a row, so that what is
// looked through after a kill is short.
func (m *marker) extend(ctx context.Context, before stretch) error {
	low := before.low
	for low+passing-1 <= before.last {
		var answered int64
		err := m.in.row(ctx, &answered, "SELECT count(*) FROM journal_rows WHERE plan = ? AND seq BETWEEN ? AND ?", m.plan, low, low+passing-1)
		if err != nil {
			return err
		}
		if answered < passing {
			break
		}
		low += passing
	}
	_, err := m.in.exec(ctx, "UPDATE journal_marks SET last = ?, low = ?, at = ? WHERE plan = ? AND first = ?", m.next.last, low, m.at, m.plan, before.first)
	return err
}

func (m *marker) end(ctx context.Context) error {
	if err := m.write(ctx); err != nil || len(m.again) == 0 {
		return err
	}
	seqs, err := asJSON(m.again)
	if err != nil {
		return err
	}
	_, err = m.in.exec(ctx, "UPDATE journal_rows SET state = 'sending', run = ?, at = ? WHERE plan = ? AND seq IN (SELECT value FROM json_each(?))", m.run, m.at, m.plan, seqs)
	return err
}

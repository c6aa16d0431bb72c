package checkpoints

import (
	"context"
	"fmt"
)

// States counts a plan's steps by state. It reads of the journal what is not
// done, and no step.
func (f *File) States(ctx context.Context, planID int64) (map[State]int, error) {
	counts, err := f.states(ctx, planID)
	if err != nil {
		return nil, fmt.Errorf("count the steps of plan %d: %w", planID, err)
	}
	return counts, nil
}

func (f *File) states(ctx context.Context, planID int64) (map[State]int, error) {
	counts := map[State]int{}
	marked, err := f.marks(ctx, planID)
	if err != nil {
		return nil, err
	}
	var steps, unanswered int
	err = f.db.QueryRowContext(ctx, `SELECT (SELECT coalesce(max(seq), 0) FROM steps WHERE plan = ?1),
		coalesce(sum(last - low + 1 - (SELECT count(*) FROM journal_rows j WHERE j.plan = ?1 AND j.seq BETWEEN m.low AND m.last)), 0) FROM journal_marks m WHERE plan = ?1`, planID).Scan(&steps, &unanswered)
	if err != nil {
		return nil, err
	}
	type row struct {
		state State
		n     int
	}
	done := int(marked.steps()) - unanswered
	for r, err := range each(ctx, f, func(s scanner) (r row, err error) { return r, s.Scan(&r.state, &r.n) },
		"SELECT state, count(*) FROM journal_rows WHERE plan = ? AND state <> 'done' GROUP BY state", planID) {
		if err != nil {
			return nil, err
		}
		counts[r.state] = r.n
		done -= r.n
	}
	counts[Done] = done
	counts[Sending] += unanswered
	counts[Pending] += steps - int(marked.steps())
	for state, n := range counts {
		if n == 0 {
			delete(counts, state)
		}
	}
	return counts, nil
}

// Open counts the steps of a scope that are pending, and those that are marked
// as sending.
func (f *File) Open(ctx context.Context, planID int64, scope Scope) (pending, sending int, err error) {
	if scope == (Scope{}) {
		states, err := f.States(ctx, planID)
		return states[Pending], states[Sending], err
	}
	err = f.db.QueryRowContext(ctx, "SELECT coalesce(sum("+stateOf+" = 'pending'), 0), coalesce(sum("+stateOf+" = 'sending'), 0) FROM steps s"+ofJournal+`
		WHERE s.plan = ? AND (? = '' OR s.wave = ?) AND (NOT ? OR j.error <> '')`, planID, scope.Wave, scope.Wave, scope.Again).Scan(&pending, &sending)
	if err != nil {
		return 0, 0, fmt.Errorf("count the open steps of plan %d: %w", planID, err)
	}
	return pending, sending, nil
}

func (f *File) marks(ctx context.Context, planID int64) (stretches, error) {
	return collected(each(ctx, f, scanStretch, marksQuery, planID))
}

// FirstPending returns the number of a step before which no step is pending. A
// run of a long plan that goes on begins there.
func (f *File) FirstPending(ctx context.Context, planID int64) (int64, error) {
	marked, err := f.marks(ctx, planID)
	var reopened int64
	if err == nil {
		err = f.db.QueryRowContext(ctx, "SELECT coalesce(min(seq), 0) FROM journal_rows WHERE plan = ? AND state = 'pending' AND state <> 'done'", planID).Scan(&reopened)
	}
	if err != nil {
		return 0, fmt.Errorf("look for the first pending step of plan %d: %w", planID, err)
	}
	if reopened > 0 {
		return min(reopened, marked.gap()), nil
	}
	return marked.gap(), nil
}

package checkpoints

import (
	"context"
	"fmt"
)

// States counts a plan's steps by state. It reads the journal's keys, and no
// step.
func (f *File) States(ctx context.Context, planID int64) (map[State]int, error) {
	counts := map[State]int{}
	type row struct {
		state State
		n     int
	}
	steps, marked := 0, 0 // steps are numbered from 1 without a gap
	err := f.db.QueryRowContext(ctx, "SELECT (SELECT coalesce(max(seq), 0) FROM steps WHERE plan = ?1), (SELECT count(*) FROM journal WHERE plan = ?1)", planID).Scan(&steps, &marked)
	if err != nil {
		return nil, fmt.Errorf("count the steps of plan %d: %w", planID, err)
	}
	done := marked
	for r, err := range each(ctx, f, func(s scanner) (r row, err error) { return r, s.Scan(&r.state, &r.n) },
		"SELECT state, count(*) FROM journal WHERE plan = ? AND state <> 'done' GROUP BY state", planID) {
		if err != nil {
			return nil, fmt.Errorf("count the steps of plan %d: %w", planID, err)
		}
		counts[r.state] = r.n
		done -= r.n
	}
	counts[Done] = done
	counts[Pending] += steps - marked
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
	err = f.db.QueryRowContext(ctx, `SELECT coalesce(sum(coalesce(j.state, 'pending') = 'pending'), 0), coalesce(sum(j.state = 'sending'), 0)
		FROM steps s LEFT JOIN journal j ON j.plan = s.plan AND j.seq = s.seq
		WHERE s.plan = ? AND (? = '' OR s.wave = ?) AND (NOT ? OR j.error <> '')`, planID, scope.Wave, scope.Wave, scope.Again).Scan(&pending, &sending)
	if err != nil {
		return 0, 0, fmt.Errorf("count the open steps of plan %d: %w", planID, err)
	}
	return pending, sending, nil
}

// FirstPending returns the number of a step before which no step is pending. A
// run of a long plan that goes on begins there.
func (f *File) FirstPending(ctx context.Context, planID int64) (int64, error) {
	var reopened, marked, last int64
	err := f.db.QueryRowContext(ctx, `SELECT (SELECT coalesce(min(seq), 0) FROM journal WHERE plan = ?1 AND state = 'pending' AND state <> 'done'),
		(SELECT count(*) FROM journal WHERE plan = ?1), (SELECT coalesce(max(seq), 0) FROM journal WHERE plan = ?1)`, planID).Scan(&reopened, &marked, &last)
	// Where all to the last are in the journal, the next is the first that is
	// not. Otherwise there are gaps, of waves that were left out, and the first
	// is found by counting in halves.
	low, high := int64(1), last+1 // the first that is not there is one of these
	for err == nil && marked < last && low < high {
		middle := (low + high) / 2
		var n int64
		err = f.db.QueryRowContext(ctx, "SELECT count(*) FROM journal WHERE plan = ? AND seq BETWEEN ? AND ?", planID, low, middle).Scan(&n)
		if n == middle-low+1 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if err != nil {
		return 0, fmt.Errorf("look for the first pending step of plan %d: %w", planID, err)
	}
	first := high
	if marked < last {
		first = low
	}
	if reopened > 0 {
		first = min(first, reopened)
	}
	return first, nil
}

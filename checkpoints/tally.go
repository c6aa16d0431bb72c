package checkpoints

import (
	"context"
	"fmt"
	"time"

	"ldap2scim/plan"
)

// LookUp is the action of [Sent] for requests that looked a step up.
const LookUp plan.Action = '?'

// Tally is what a run has sent and waited for so far.
type Tally struct {
	// Sent has one line for each action and kind, in that order.
	Sent []Sent
	// Throttled counts the answers that asked to slow down, and Waited is the
	// time in which the destination had asked to wait, however many requests
	// waited in it. It is kept to the millisecond.
	Throttled int
	Waited    time.Duration
}

// Sent counts requests of one kind.
type Sent struct {
	Action   plan.Action `json:"action"`
	Kind     plan.Kind   `json:"kind"`
	Requests int         `json:"requests"`
	// Retries are those of the requests that were not a step's first.
	Retries int `json:"retries"`
}

// write puts t in the place of what the run had counted before.
func (t Tally) write(ctx context.Context, in prepared, run int64) error {
	for _, s := range t.Sent {
		_, err := in.exec(ctx, `INSERT INTO sent (run, action, kind, requests, retries) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET requests = excluded.requests, retries = excluded.retries`, run, string(s.Action), string(s.Kind), s.Requests, s.Retries)
		if err != nil {
			return err
		}
	}
	if t.Throttled == 0 {
		return nil
	}
	_, err := in.exec(ctx, "UPDATE runs SET throttled = ?, waited_ms = ? WHERE id = ?", t.Throttled, t.Waited.Milliseconds(), run)
	return err
}

// Tally returns what a run has recorded of its requests. Runs of versions that
// kept no count have none.
func (f *File) Tally(ctx context.Context, run int64) (Tally, error) {
	var t Tally
	var waited int64
	err := f.db.QueryRowContext(ctx, "SELECT throttled, waited_ms FROM runs WHERE id = ?", run).Scan(&t.Throttled, &waited)
	if err != nil {
		return Tally{}, fmt.Errorf("read what run %d has sent: %w", run, err)
	}
	t.Waited = time.Duration(waited) * time.Millisecond
	t.Sent, err = collected(each(ctx, f, func(row scanner) (s Sent, err error) {
		var action string
		if err := row.Scan(&action, &s.Kind, &s.Requests, &s.Retries); err != nil {
			return s, err
		}
		return s, s.Action.UnmarshalText([]byte(action))
	}, "SELECT action, kind, requests, retries FROM sent WHERE run = ? ORDER BY action, kind", run))
	return t, err
}

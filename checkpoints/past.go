package checkpoints

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"ldap2scim/plan"
)

// Past is what was sent of a plan, as a rollback takes it: by one run of it, or
// by all when run is 0. What the touched objects are now is read from an
// inventory.
func (f *File) Past(ctx context.Context, p Plan, run, inventory int64) (plan.Past, error) {
	past := plan.Past{Plan: p.Summary.Digest, Run: run, People: f.knownPeople(ctx, p.ID)}
	err := f.db.QueryRowContext(ctx, `SELECT coalesce((SELECT digest FROM plans WHERE id > ? AND undoes IS NULL AND EXISTS (SELECT 1 FROM journal_rows j WHERE j.plan = plans.id AND j.state = 'done') ORDER BY id DESC LIMIT 1), '')`, p.ID).Scan(&past.Later)
	if err != nil {
		return plan.Past{}, fmt.Errorf("look what was applied after plan %d: %w", p.ID, err)
	}
	past.Touched = func(k plan.Kind) iter.Seq2[plan.Touched, error] {
		return joinTouched(k, f.sent(ctx, p.ID, run, k), f.heldNow(ctx, p.ID, run, inventory, k))
	}
	return past, nil
}

// wasSent picks the steps that a request went out for, or may have. What
// another has changed was not sent, and what was refused was not done; a failure
// may have done a part of a change of members.
const wasSent = " FROM steps s" + ofJournal + `
	WHERE s.plan = ?1 AND (?2 = 0 OR ` + runOf + ` = ?2) AND iif(s.source = '', s.kind, s.source) = ?3
	AND (` + stateOf + ` IN ('done', 'sending') OR j.state = 'failed' AND j.attempts > 0 AND j.failure <> 'drifted'
		AND (j.failure IN ('', 'unavailable', 'not-done', 'took-others') OR json_array_length(s.body, '$.members') > 0))`

type sentLine struct {
	object plan.ExternalID
	name   string
	sent   plan.Sent
}

// sent yields what was sent for objects of one kind, by object and order.
func (f *File) sent(ctx context.Context, planID, run int64, k plan.Kind) iter.Seq2[sentLine, error] {
	return each(ctx, f, func(row scanner) (l sentLine, err error) {
		var state State
		step, err := scanStep(scannerFunc(func(into ...any) error {
			return row.Scan(append([]any{&l.object, &l.name, &state}, into...)...)
		}))
		l.sent = plan.Sent{Step: step, Done: state == Done}
		return l, err
	}, "SELECT s.object, s.name, "+stateOf+", s.body"+wasSent+" ORDER BY s.object, s.seq", planID, run, string(k))
}

// scannerFunc is a function as a scanner.
type scannerFunc func(...any) error

// Scan calls f.
func (f scannerFunc) Scan(into ...any) error { return f(into...) }

type heldLine struct {
	object plan.ExternalID
	have   *plan.Resource
}

// heldNow yields, in the same order, what an inventory has of those objects: by
// the destination's id, or by ours where the journal does not have that. Both are
// read in the order of our IDs, which nearly all objects bear; the others are
// looked up.
func (f *File) heldNow(ctx context.Context, planID, run, inventory int64, k plan.Kind) iter.Seq2[heldLine, error] {
	kind, columns := plan.Person, noMembersRead
	if k != plan.Person {
		kind, columns = plan.Group, withMembers
	}
	return func(yield func(heldLine, error) bool) {
		next, stop := iter.Pull2(f.resources(ctx, kind, columns+ownedBlocks, inventory, string(kind)))
		defer stop()
		owned, err, more := next()
		var strays map[plan.RemoteID]plan.ExternalID
		for t, touchedErr := range f.touched(ctx, planID, run, k) {
			l := heldLine{object: t.object}
			for err == nil && more && owned.ExternalID <= t.object {
				if owned.ExternalID == t.object && l.have == nil && (t.remote == "" || t.remote == owned.RemoteID) {
					r := owned
					l.have = &r
				}
				owned, err, more = next()
			}
			if err == nil && touchedErr == nil && l.have == nil && t.remote != "" {
				if strays == nil {
					strays, err = f.remotes(ctx, inventory, kind)
				}
				if external, there := strays[t.remote]; there && err == nil {
					l.have, err = f.resourceOf(ctx, inventory, kind, columns, external, t.remote)
				}
			}
			if err = errors.Join(touchedErr, err); !yield(l, err) || err != nil {
				return
			}
		}
	}
}

type touchedID struct {
	object plan.ExternalID
	remote plan.RemoteID
}

// touched yields the objects of one kind that something was sent for, with the
// destination's ids as far as they are known.
func (f *File) touched(ctx context.Context, planID, run int64, k plan.Kind) iter.Seq2[touchedID, error] {
	return each(ctx, f, func(row scanner) (t touchedID, err error) { return t, row.Scan(&t.object, &t.remote) },
		"SELECT s.object, coalesce(max(iif(json_extract(s.body, '$.remote') <> '', json_extract(s.body, '$.remote'), j.remote_id)), '')"+wasSent+" GROUP BY s.object ORDER BY s.object", planID, run, string(k))
}

// remotes maps the destination's ids in an inventory to the external ids.
func (f *File) remotes(ctx context.Context, inventory int64, k plan.Kind) (map[plan.RemoteID]plan.ExternalID, error) {
	all := map[plan.RemoteID]plan.ExternalID{}
	for r, err := range f.resources(ctx, k, noMembersRead+allBlocks, inventory, string(k)) {
		if err != nil {
			return nil, err
		}
		all[r.RemoteID] = r.ExternalID
	}
	return all, nil
}

// joinTouched puts the two together, object by object.
func joinTouched(k plan.Kind, sent iter.Seq2[sentLine, error], held iter.Seq2[heldLine, error]) iter.Seq2[plan.Touched, error] {
	return func(yield func(plan.Touched, error) bool) {
		next, stop := iter.Pull2(held)
		defer stop()
		var t *plan.Touched
		for l, err := range sent {
			if err == nil && t != nil && t.Object != l.object {
				if !yield(*t, nil) {
					return
				}
				t = nil
			}
			if err == nil && t == nil {
				h, heldErr, more := next()
				if err = heldErr; err == nil && (!more || h.object != l.object) {
					err = fmt.Errorf("what was sent for %s has no counterpart; this is a bug", l.object)
				}
				t = &plan.Touched{Kind: k, Object: l.object, Name: l.name, Have: h.have}
			}
			if err != nil {
				yield(plan.Touched{}, err)
				return
			}
			t.Sent = append(t.Sent, l.sent)
		}
		if t != nil {
			yield(*t, nil)
		}
	}
}

// knownPeople yields the destination's ids of the people that a plan knows, and
// of those that the plans know which it undoes.
func (f *File) knownPeople(ctx context.Context, planID int64) iter.Seq2[plan.Known, error] {
	return each(ctx, f, func(row scanner) (k plan.Known, err error) { return k, row.Scan(&k.ID, &k.Remote) },
		`WITH RECURSIVE chain (id) AS (SELECT ?1 UNION SELECT p.undoes FROM chain c JOIN plans p ON p.id = c.id WHERE p.undoes IS NOT NULL)
		SELECT object, remote FROM chain c JOIN decisions d ON d.plan = c.id WHERE d.kind = 'person' AND d.remote <> ''
		UNION SELECT s.object, j.remote_id FROM chain c JOIN steps s ON s.plan = c.id JOIN journal_rows j ON j.plan = s.plan AND j.seq = s.seq
			WHERE s.kind = 'person' AND s.action = '+' AND j.remote_id <> ''`, planID)
}

// Applied returns the newest plan of which something was sent, and which undoes
// no other; the error wraps [ErrNone] when there is none.
func (f *File) Applied(ctx context.Context) (Plan, error) {
	return f.plan(ctx, "WHERE undoes IS NULL AND EXISTS (SELECT 1 FROM journal j WHERE j.plan = plans.id AND j.state IN ('done', 'sending')) ORDER BY id DESC LIMIT 1")
}

// PlanOfRun returns the plan that a run carried out; the error wraps [ErrNone]
// when there is no such run.
func (f *File) PlanOfRun(ctx context.Context, run int64) (Plan, error) {
	return f.plan(ctx, "WHERE id = (SELECT plan FROM runs WHERE id = ?)", run)
}

// PlanByID returns the plan with a number in this file.
func (f *File) PlanByID(ctx context.Context, id int64) (Plan, error) {
	return f.plan(ctx, "WHERE id = ?", id)
}

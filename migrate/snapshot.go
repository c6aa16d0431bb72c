package migrate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// ErrEmpty: the directory has nobody in scope.
var ErrEmpty = errors.New("the directory shows no people")

// IncompleteError: a search was not read to its end.
type IncompleteError struct{ Why string }

func (e *IncompleteError) Error() string { return "the snapshot is incomplete: " + e.Why }

// Hint says what to do.
func (e *IncompleteError) Hint() string {
	return "Raise the reader's limits on the server or narrow the search; with --keep-incomplete it is kept, and a plan from it takes nothing away."
}

// SnapshotOptions say what to accept.
type SnapshotOptions struct {
	// Source names the directory in the state file.
	Source string
	// AllowEmpty accepts a directory without people, KeepIncomplete one that
	// was not read to its end.
	AllowEmpty, KeepIncomplete bool
}

// snapshotAttempts is how often a directory is read from its beginning when
// its connection is lost.
const snapshotAttempts = 3

// Snapshot reads src into the state file. When the connection is lost in the
// middle, what was read is thrown away and the reading begins again, so that
// two readings are never joined. On an error the file is as it was.
func Snapshot(ctx context.Context, f *checkpoints.File, src Source, opts SnapshotOptions, observe Observer) (checkpoints.Snapshot, error) {
	for attempt := 1; ; attempt++ {
		s, err := readOnce(ctx, f, src, opts, observe)
		if err == nil || !isTemporary(err) || attempt == snapshotAttempts || ctx.Err() != nil {
			return s, err
		}
		observe(Restarted{Err: err})
	}
}

func readOnce(ctx context.Context, f *checkpoints.File, src Source, opts SnapshotOptions, observe Observer) (checkpoints.Snapshot, error) {
	people := 0
	return f.SaveSnapshot(ctx, opts.Source, time.Now(), func(add func(plan.Entry) error) (plan.Proof, error) {
		progress := counter(observe)
		proof, err := src.Read(ctx, func(e plan.Entry) error {
			if e.Kind == plan.Person {
				people++
			}
			progress(e.Kind)
			return add(e)
		})
		switch {
		case err != nil:
			return proof, fmt.Errorf("read directory: %w", err)
		case !proof.Complete && !opts.KeepIncomplete:
			return proof, &IncompleteError{Why: proof.Why()}
		case people == 0 && !opts.AllowEmpty:
			return proof, ErrEmpty
		}
		return proof, nil
	})
}

// counter returns a function that counts objects and tells the observer now
// and then.
func counter(observe Observer) func(plan.Kind) {
	const every = 1000
	n := map[plan.Kind]int{}
	return func(k plan.Kind) {
		if n[k]++; n[k]%every == 0 {
			observe(Read{Kind: k, N: n[k]})
		}
	}
}

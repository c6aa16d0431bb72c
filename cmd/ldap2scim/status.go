package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
)

func (p *program) statusCommand() *cobra.Command {
	var watch bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say where the run is",
		Long:  "Say what the state file holds and how far its newest plan has been carried out." + exitHelp(exitDone, exitFailed, exitInterrupted),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return p.reading(ctx, func(c configs.Config, f *checkpoints.File) error {
				watched := &watched{}
				for {
					open, err := p.status(ctx, c, f, watched)
					if err != nil || !watch || !open {
						return err
					}
					if held, err := checkpoints.Held(c.State); err != nil || !held {
						return err // the run was killed
					}
					select {
					case <-ctx.Done():
						return ctx.Err()
					case <-time.After(2 * time.Second):
					}
				}
			})
		},
	}
	cmd.Flags().BoolVar(&watch, "watch", false, "say it again every two seconds until the run ends")
	return cmd
}

// watched is what status has seen of a run before, from which a rate can be
// told.
type watched struct{ tally *tally }

// look takes in what the state file has, and says how the run goes: "" the
// first time that it is seen.
func (w *watched) look(now time.Time, quota float64, states map[checkpoints.State]int, control checkpoints.Control) string {
	settled := states[checkpoints.Done] + states[checkpoints.Failed]
	first := w.tally == nil
	if first {
		w.tally = newTally(now)
		w.tally.done, w.tally.failed = states[checkpoints.Done], states[checkpoints.Failed]
	}
	t := w.tally
	n := max(settled-t.done-t.failed, 0)
	t.sent.add(now, n)
	t.ended.add(now, n)
	t.total = settled + states[checkpoints.Pending] + states[checkpoints.Sending]
	t.done, t.failed = states[checkpoints.Done], states[checkpoints.Failed]
	t.quota, t.steered, t.paused = quota, control.Rate, control.Paused
	if first && !t.paused {
		return ""
	}
	return "Now " + strings.Join(t.going(now), " · ") + "."
}

// status prints the state once, and tells whether a run has not ended.
func (p *program) status(ctx context.Context, c configs.Config, f *checkpoints.File, before *watched) (bool, error) {
	snap, err := f.LastSnapshot(ctx)
	if err != nil {
		return false, missing(err, "snapshot", "snapshot")
	}
	fmt.Fprintf(p.out, "%s Taken %s.\n", sentence(snap), ago(snap.Taken))
	stored, err := f.LastPlan(ctx)
	if errors.Is(err, checkpoints.ErrNone) {
		fmt.Fprintln(p.out, "No plan yet.")
		return false, nil
	}
	if err != nil {
		return false, err
	}
	states, err := f.States(ctx, stored.ID)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(p.out, "Plan %s, made %s: %d of %d requests done, %d failed, %d to send, %d marked as sending.\n", stored.Summary.Digest.Short(), ago(stored.Made),
		states[checkpoints.Done], stored.Summary.Requests(), states[checkpoints.Failed], states[checkpoints.Pending], states[checkpoints.Sending])
	if states[checkpoints.Failed] > 0 {
		fmt.Fprintln(p.out, "Why they failed, and what to do: ldap2scim show failures.")
	}
	last, err := f.LastRun(ctx, stored.ID)
	if errors.Is(err, checkpoints.ErrNone) {
		fmt.Fprintln(p.out, "Not applied yet.")
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if last.Ended.IsZero() {
		control, err := f.Control(ctx, last.ID)
		if err != nil {
			return false, err
		}
		fmt.Fprintf(p.out, "A run began %s and has not ended; if it was killed, apply goes on.\n", ago(last.Started))
		if now := before.look(time.Now(), quotaOf(c), states, control); now != "" {
			fmt.Fprintln(p.out, now)
		}
		return true, nil
	}
	fmt.Fprintf(p.out, "The last run ended %s: %s.\n", ago(last.Ended), last.Outcome)
	return false, nil
}

func ago(t time.Time) string {
	return t.UTC().Format(time.DateTime+"Z") + " (" + time.Since(t).Round(time.Second).String() + " ago)"
}

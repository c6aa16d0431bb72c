package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra"
)

func (p *program) watchCommand() *cobra.Command {
	var every, longest time.Duration
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "On the Entra road: wait for the end of the first cycle",
		Long: `Ask Entra ID where the provisioning is until its first cycle has come to its
end, which may take hours, and say what changes. Ended at any time, run it again.

Nothing is written to Entra ID. A job that has stopped itself (quarantine) ends
the watch, with the reason and what to do.` +
			exitHelp(exitDone, exitFailed, exitPartly, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			if c.Entra == nil {
				return &adviceError{what: "there is nothing to watch: the service is provisioned by this program", hint: "What became of everybody is in ldap2scim report."}
			}
			return p.watchCycle(cmd.Context(), c, every, longest)
		},
	}
	cmd.Flags().DurationVar(&every, "every", 30*time.Second, "how often to ask")
	cmd.Flags().DurationVar(&longest, "max-duration", 0, "end the watch after this long (0: never)")
	return cmd
}

func (p *program) watchCycle(ctx context.Context, c configs.Config, every, longest time.Duration) error {
	client, err := tenantClient(c)
	if err != nil {
		return err
	}
	since, err := lastSetUp(ctx, c)
	if err != nil {
		return err
	}
	r := entra.NewReader(client, *c.Entra, c.Rules, entra.Directory{}, entra.Patience{})
	begun, last := time.Now(), ""
	for {
		now, err := r.Progress(ctx, since)
		if err != nil {
			return err
		}
		if s := now.String(); s != last {
			fmt.Fprintf(p.out, "%s  %s\n", time.Now().UTC().Format(time.TimeOnly+"Z"), plan.Printable(s))
			last = s
		}
		switch {
		case now.Quarantine != "":
			return &adviceError{what: "the provisioning has stopped itself: " + now.Quarantine, hint: "When the cause is mended, restart it in the portal, or plan and apply again."}
		case !now.Found, !now.Started:
			return &adviceError{what: now.String(), hint: "Start it: ldap2scim plan, then ldap2scim apply."}
		case now.Finished && now.Failing > 0:
			return &partlyError{what: fmt.Sprintf("the first cycle is over, and %d could not be provisioned: see ldap2scim report", now.Failing)}
		case now.Finished:
			return nil
		case longest > 0 && time.Since(begun) >= longest:
			return &partlyError{what: "the first cycle is not over; watch again"}
		}
		if err := wait(ctx, every); err != nil {
			return errInterrupted
		}
	}
}

// lastSetUp is when this state file's runs last started the provisioning, or
// changed what begins its cycle anew; the zero time where none did.
func lastSetUp(ctx context.Context, c configs.Config) (time.Time, error) {
	f, err := checkpoints.OpenReader(ctx, c.State)
	if errors.Is(err, checkpoints.ErrNone) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	since, err := f.LastDone(ctx, plan.Setting, entra.Secrets, entra.Schema, entra.Start)
	return since, errors.Join(err, f.Close())
}

// wait waits, and returns the context's error when that ends first.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

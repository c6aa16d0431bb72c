package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
)

// watch is how another program looks on while a command runs: a file of events,
// and metrics over HTTP. Neither is there but by its flag.
type watch struct {
	eventsPath, metricsAddress string

	events  *eventFile
	metrics *metrics
}

// flags adds the flags to a command that carries out steps.
func (w *watch) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.eventsPath, "events", "", "append what happens to this file, as JSON lines without personal data")
	cmd.Flags().StringVar(&w.metricsAddress, "metrics", "", "serve OpenMetrics text at this address while the command runs; a port alone is one of this machine only")
}

// open begins what the flags ask for.
func (w *watch) open(ctx context.Context, say io.Writer) (err error) {
	if w.eventsPath != "" {
		if w.events, err = openEvents(w.eventsPath); err != nil {
			return err
		}
	}
	if w.metricsAddress != "" {
		if w.metrics, err = serveMetrics(ctx, w.metricsAddress); err != nil {
			return err
		}
		fmt.Fprintf(say, "Metrics at http://%s/metrics\n", w.metrics.address)
	}
	return nil
}

// close ends them, and tells what could not be written.
func (w *watch) close() error {
	var errs []error
	if w.events != nil {
		errs = append(errs, w.events.close())
	}
	if w.metrics != nil {
		errs = append(errs, w.metrics.close())
	}
	return errors.Join(errs...)
}

// ended tells how a run ended.
func (w *watch) ended(res migrate.Result) {
	if w.events != nil {
		w.events.write(time.Now(), "run-ended", endedFields{Done: res.Done, Failed: res.Failed, Left: res.Left, Unknown: res.Unknown, Interrupted: res.Interrupted})
	}
}

// observers are told what happens beside what is shown.
func (p *program) observers() []migrate.Observer {
	var all []migrate.Observer
	if p.log != "" {
		all = append(all, p.record)
	}
	if p.watch.events != nil {
		all = append(all, p.watch.events.observe)
	}
	return all
}

// quotaOf is how many writes a second a destination is known to allow, or 0.
func quotaOf(c configs.Config) float64 {
	if c.Entra != nil {
		return c.Entra.WritesPerSecond
	}
	profile, err := c.Destination.Effective()
	if err != nil {
		return 0 // said where the configuration is read
	}
	return profile.Quota.Writes()
}

// applying is the progress of a run that is to take up so many steps.
func (p *program) applying(stored checkpoints.Plan, steps int, c configs.Config) *progress {
	g := p.progress(steps)
	g.tally.quota = quotaOf(c)
	if p.watch.metrics != nil {
		p.watch.metrics.now.Store(g)
	}
	if p.watch.events != nil {
		p.watch.events.write(time.Now(), "run-started", startedFields{Plan: string(stored.Summary.Digest), Steps: steps})
	}
	return g
}

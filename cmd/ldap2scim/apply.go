package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/scimdst/entra/graph"
)

// applyOptions are the flags of apply.
type applyOptions struct {
	plan   string
	yes    bool
	dryRun bool
	allow  []string
	scope  checkpoints.Scope
	window window
	// asked is how many requests a person is asked about, where those are more
	// than the ones that follow at once.
	asked int
	// maxFailures and concurrency are those of [migrate.Apply].
	maxFailures, concurrency int
}

func (p *program) applyCommand() *cobra.Command {
	var opts applyOptions
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Carry out the approved plan, or go on with it",
		Long: `Carry out the newest plan, or go on with it where an earlier run ended. It asks
first, unless --plan names the plan that was reviewed, or --yes is given.

Every request is noted in the state file before it is sent, and its answer
after. Killed at any moment, run it again: what is unknown is looked up first.

A plan with waves is sent wave by wave: apply --wave NAME, then report, which
must find the wave as the plan wants it before the next one is let through.` +
			exitHelp(exitDone, exitFailed, exitPartly, exitRefused, exitStale, exitLocked, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			opts.yes = opts.yes || opts.plan != "" // who names a plan has reviewed it
			return p.apply(cmd.Context(), c, opts)
		},
	}
	cmd.Flags().StringVar(&opts.plan, "plan", "", "carry out the plan with this digest (its beginning will do) and no other")
	cmd.Flags().BoolVar(&opts.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&opts.dryRun, "dry-run", false, "print the requests in order, and send nothing")
	cmd.Flags().StringVar(&opts.scope.Wave, "wave", "", "send the steps of this wave alone")
	cmd.Flags().BoolVar(&opts.scope.Again, "retry-failed", false, "take up the steps that have failed, and no others")
	cmd.Flags().IntVar(&opts.maxFailures, "max-failures", 0, "end the run when so many steps have failed in it (0: never)")
	cmd.Flags().DurationVar(&opts.window.longest, "max-duration", 0, "end the run after this long, as on Ctrl-C")
	cmd.Flags().StringVar(&opts.window.until, "until", "", "end the run at this time of day (HH:MM), as on Ctrl-C")
	cmd.Flags().IntVar(&opts.concurrency, "concurrency", 0, "the most requests at a time (default 32; it begins with 4)")
	cmd.Flags().StringSliceVar(&opts.allow, "allow", nil, "allow steps of these kinds: "+hazardNames())
	p.watch.flags(cmd)
	return cmd
}

func (p *program) apply(ctx context.Context, c configs.Config, opts applyOptions) error {
	allowed, err := hazards(opts.allow)
	if err != nil {
		return err
	}
	if opts.dryRun {
		return p.dryRun(ctx, opts)
	}
	return p.changing(ctx, c, func(f *checkpoints.File) error {
		stored, err := chosen(ctx, f, opts.plan)
		if err != nil {
			return err
		}
		ready, err := prepare(ctx, c, f, stored, opts)
		if err != nil {
			return err
		}
		ready.run.Allow = allowed
		if c.Tenant.On() { // what is seen now may overrule what was proven or said
			if _, err := gatherEvidence(ctx, c, f); err != nil {
				return err
			}
		}
		if err := ready.run.Refusal(ctx, stored); err != nil {
			return err
		}
		if ready.open > 0 {
			if err := p.consent(stored, max(ready.open, opts.asked), opts, c.DestinationName()); err != nil {
				return err
			}
		}
		defer collectLess()()
		progress := p.applying(stored, ready.open, c)
		ready.run.Observe = progress.observe
		res, err := ready.run.Run(ctx, stored)
		progress.end()
		p.sayCost(ready.spent)
		p.watch.ended(res)
		return p.applied(res, ready.failed, err)
	})
}

// application is a plan about to be carried out.
type application struct {
	run migrate.Apply
	// open steps are to be sent, failed ones have failed before.
	open, failed int
	spent        func() graph.Usage
}

func prepare(ctx context.Context, c configs.Config, f *checkpoints.File, stored checkpoints.Plan, opts applyOptions) (application, error) {
	if err := knownWave(stored, opts.scope.Wave); err != nil {
		return application{}, err
	}
	deadline, err := opts.window.end(time.Now())
	if err != nil {
		return application{}, err
	}
	dst, err := openWriter(ctx, c, f, stored.Snapshot)
	if err != nil {
		return application{}, err
	}
	states, err1 := f.States(ctx, stored.ID)
	pending, sending, err2 := f.Open(ctx, stored.ID, opts.scope)
	if err := errors.Join(err1, err2); err != nil {
		return application{}, err
	}
	ready := application{open: pending + sending, failed: states[checkpoints.Failed], spent: dst.spent, run: migrate.Apply{
		File: f, Destination: dst.writer, Lister: dst.Lister, Settings: c.Settings, Retry: c.Retry, Scope: opts.scope,
		MaxFailures: opts.maxFailures, MaxAge: c.MaxSnapshotAge, Deadline: deadline, Concurrency: cmp.Or(opts.concurrency, c.Concurrency), QuotaKnown: quotaOf(c) > 0, Version: version(),
	}}
	if opts.scope.Again {
		ready.open, ready.failed = ready.open+ready.failed, 0 // this run says what becomes of them
	}
	return ready, nil
}

// chosen is the plan that is to be applied.
func chosen(ctx context.Context, f *checkpoints.File, digest string) (checkpoints.Plan, error) {
	if digest == "" {
		stored, err := f.LastPlan(ctx)
		return stored, missing(err, "plan", "plan")
	}
	stored, err := f.PlanByDigest(ctx, digest)
	return stored, missing(err, "plan "+digest, "plan")
}

// knownWave refuses a wave that the plan does not have.
func knownWave(stored checkpoints.Plan, wave string) error {
	if wave == "" {
		return nil
	}
	var names []string
	for _, w := range stored.Summary.Waves {
		if w.Name == wave {
			return nil
		}
		names = append(names, w.Name)
	}
	hint := "It has no waves."
	if len(names) > 0 {
		hint = "It has " + strings.Join(names, ", ") + "."
	}
	return &adviceError{what: fmt.Sprintf("plan %s has no wave %q", stored.Summary.Digest.Short(), wave), hint: hint}
}

// consent asks a person, unless they have agreed already.
func (p *program) consent(stored checkpoints.Plan, open int, opts applyOptions, destination string) error {
	if opts.yes {
		return nil
	}
	if !isTerminal(p.in) {
		return &adviceError{
			what: "there is nobody to ask whether the plan may be applied",
			hint: fmt.Sprintf("Add --plan %s to apply the plan that you reviewed, or --yes.", stored.Summary.Digest.Short()),
		}
	}
	fmt.Fprintf(p.err, "%s\nSend %d requests of plan %s to %s? Only \"yes\" will do: ", stored.Summary.Sentence(), open, stored.Summary.Digest.Short(), destination)
	answer, err := bufio.NewReader(p.in).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read your answer: %w", err)
		}
		return &adviceError{what: "not applied, as you did not say yes"}
	}
	return nil
}

// applied says how a run ended, of a plan that had so many failed steps before.
func (p *program) applied(res migrate.Result, failed int, err error) error {
	if err == nil || res != (migrate.Result{}) { // nothing was begun where it is empty
		fmt.Fprintf(p.out, "Applied: %d done, %d failed, %d not sent, %d unknown.\n", res.Done, res.Failed, res.Left, res.Unknown)
	}
	switch {
	case err != nil && res.Done > 0:
		return errors.Join(&partlyError{what: "the run ended early"}, err)
	case err != nil:
		return err
	case res.Interrupted:
		return errInterrupted
	case res.Failed+res.Left+res.Unknown > 0:
		return &partlyError{what: "not everything was applied"}
	case failed > 0:
		return &partlyError{what: fmt.Sprintf("not everything was applied: %d had failed before", failed)}
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
)

func (p *program) throttleCommand() *cobra.Command {
	var rate float64
	var pause, resume bool
	cmd := &cobra.Command{
		Use:   "throttle",
		Short: "Change the request rate of a run that is going, pause it, let it go on",
		Long: `Change the request rate of a run that another process is carrying out with the
same state file, pause it, or let it go on. What is under way is finished.` + exitHelp(exitDone, exitFailed),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			if rate < 0 {
				return &adviceError{what: fmt.Sprintf("--rps %g is negative", rate), hint: "0 means any rate."}
			}
			now, err := checkpoints.Steer(cmd.Context(), c.State, time.Now(), func(said *checkpoints.Control) {
				if cmd.Flags().Changed("rps") {
					said.Rate = rate
				}
				said.Paused = pause || said.Paused && !resume
			})
			if errors.Is(err, checkpoints.ErrNone) {
				return &adviceError{what: "no run is going", hint: "throttle speaks to an apply that runs at the same time."}
			}
			if err != nil {
				return err
			}
			fmt.Fprintln(p.out, controlSentence(now))
			return nil
		},
	}
	cmd.Flags().Float64Var(&rate, "rps", 0, "the most requests a second (0: any)")
	cmd.Flags().BoolVar(&pause, "pause", false, "send nothing until --resume")
	cmd.Flags().BoolVar(&resume, "resume", false, "go on after --pause")
	cmd.MarkFlagsMutuallyExclusive("pause", "resume")
	cmd.MarkFlagsOneRequired("rps", "pause", "resume")
	return cmd
}

func controlSentence(c checkpoints.Control) string {
	rate := "at any rate"
	if c.Rate > 0 {
		rate = fmt.Sprintf("at %g requests a second", c.Rate)
	}
	if c.Paused {
		return "The run is paused; it goes on " + rate + "."
	}
	return "The run goes on " + rate + "."
}

package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"golang.org/x/term"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
)

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// program is what every command has: its streams and the options that all
// commands share.
type program struct {
	streams
	config  string
	log     string
	logger  *zap.Logger
	noColor bool
	watch   watch
}

// run carries out one command line and returns the exit status.
func run(ctx context.Context, args []string, s streams) int {
	p := &program{streams: s, logger: zap.NewNop()}
	root := p.command()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	tell(s.err, errors.Join(err, p.watch.close(), p.closeLog()))
	return exitCode(err)
}

func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "ldap2scim",
		Short: "Migrate people and groups from an LDAP directory to a SCIM service",
		Long: `Migrate people and groups from an LDAP directory to a SCIM service.

The road: init, check, snapshot, plan, show, apply, report. Nothing is written
to the destination but by apply, and apply does what the plan shows.`,
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.openLog(); err != nil {
				return err
			}
			return p.watch.open(cmd.Context(), p.err)
		},
	}
	root.PersistentFlags().StringVarP(&p.config, "config", "c", "ldap2scim.yaml", "the configuration file")
	root.PersistentFlags().StringVar(&p.log, "log", "", "append a log of what happens to this file, as JSON lines without personal data")
	root.PersistentFlags().BoolVar(&p.noColor, "no-color", false, "show nothing in colour, as with NO_COLOR set")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(p.initCommand(), p.checkCommand(), p.snapshotCommand(), p.planCommand(), p.showCommand(), p.tenantCommand(), p.runbookCommand(), p.attestCommand(), p.applyCommand(), p.watchCommand(), p.rollbackCommand(),
		p.statusCommand(), p.throttleCommand(), p.reportCommand(), p.runCommand(), p.demoCommand(), p.versionCommand())
	return root
}

// load reads the configuration.
func (p *program) load() (configs.Config, error) {
	c, err := configs.Load(p.config)
	if errors.Is(err, os.ErrNotExist) {
		return c, &adviceError{what: err.Error(), hint: "Name it with --config, or write one: ldap2scim init."}
	}
	return c, err
}

// writing opens the state file for a command that writes to it, and gives it
// to do.
func (p *program) writing(ctx context.Context, c configs.Config, do func(*checkpoints.File) error) error {
	f, err := checkpoints.Open(ctx, c.State)
	if err != nil {
		return err
	}
	return errors.Join(do(f), f.Close())
}

// changing is the same for a command that goes on with what others have stored:
// it makes no state file.
func (p *program) changing(ctx context.Context, c configs.Config, do func(*checkpoints.File) error) error {
	f, err := checkpoints.OpenReader(ctx, c.State)
	switch {
	case errors.Is(err, checkpoints.ErrNone):
		return begin(err)
	case err == nil:
		err = f.Close()
	case errors.Is(err, checkpoints.ErrOlder):
		err = nil // opened for writing, it is brought up to date
	}
	if err != nil {
		return err
	}
	return p.writing(ctx, c, do)
}

// begin adds to the error of a state file that is not there what makes one.
func begin(err error) error {
	return &adviceError{what: err.Error(), hint: "Begin with ldap2scim snapshot."}
}

// reading is the same for one that only looks.
func (p *program) reading(ctx context.Context, do func(configs.Config, *checkpoints.File) error) error {
	c, err := p.load()
	if err != nil {
		return err
	}
	f, err := checkpoints.OpenReader(ctx, c.State)
	if errors.Is(err, checkpoints.ErrNone) {
		return begin(err)
	}
	if err != nil {
		return err
	}
	return errors.Join(do(c, f), f.Close())
}

// missing adds to a record that is not there which command makes it.
func missing(err error, what, command string) error {
	if errors.Is(err, checkpoints.ErrNone) {
		return &adviceError{what: "the state file has no " + what, hint: "Make one: ldap2scim " + command + "."}
	}
	return err
}

// isTerminal tells whether a person sits at the other end.
func isTerminal(v any) bool {
	file, ok := v.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

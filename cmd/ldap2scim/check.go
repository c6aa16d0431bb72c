package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/ldapsrc"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

func (p *program) checkCommand() *cobra.Command {
	var probe bool
	var consent string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Connect to everything, read only; every prerequisite with its evidence",
		Long: `Read the configuration, connect to the directory and to the destination, and say
of each prerequisite whether it holds, with the evidence, and how to mend it.
Nothing is written anywhere.

With --probe, and consent, one marked person and one group are made at the
destination, changed and removed again, to see which of its profile's
assumptions hold.` + exitHelp(exitDone, exitFailed, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			c, err := p.load()
			if err != nil {
				return err
			}
			if probe && c.Entra != nil {
				return &adviceError{what: "Entra ID is not probed", hint: "Its behaviour is documented; leave --probe out."}
			}
			if probe {
				return p.probe(ctx, c, consent)
			}
			list := &checklist{program: p}
			list.ok("configuration", p.config)
			list.state(ctx, c)
			list.directory(ctx, c)
			if c.Entra != nil {
				list.tenantOfEntra(ctx, c)
			} else {
				list.destination(ctx, c)
			}
			list.tenant(ctx, c)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if list.failed > 0 {
				return fmt.Errorf("%d of the prerequisites do not hold", list.failed)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&probe, "probe", false, "write to the destination to see how it behaves")
	cmd.Flags().StringVar(&consent, "consent", "", "with --probe: the URL of the destination, to agree without being asked")
	return cmd
}

// checklist prints one line for each prerequisite.
type checklist struct {
	*program
	failed int
}

func (l *checklist) ok(what, evidence string) {
	fmt.Fprintf(l.out, "ok    %-20s %s\n", what, plan.Printable(evidence))
}

func (l *checklist) fail(what string, err error) {
	l.failed++
	fmt.Fprintf(l.out, "FAIL  %-20s %s\n", what, plan.Printable(err.Error()))
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(l.out, "      %-20s %s\n", "", hint)
	}
}

func (l *checklist) state(ctx context.Context, c configs.Config) {
	f, err := checkpoints.OpenReader(ctx, c.State)
	switch {
	case errors.Is(err, checkpoints.ErrNone):
		l.ok("state file", c.State+" will be made by snapshot")
	case err != nil:
		l.fail("state file", err)
	default:
		if err := errors.Join(f.Check(ctx), f.Close()); err != nil {
			l.fail("state file", err)
			return
		}
		l.ok("state file", c.State)
	}
}

func (l *checklist) directory(ctx context.Context, c configs.Config) {
	src, err := openDirectory(ctx, c.Source)
	if err != nil {
		l.fail("directory", err)
		return
	}
	facts, err := src.Check(ctx)
	if err = errors.Join(err, src.Close()); err != nil {
		l.fail("directory", err)
		return
	}
	l.ok("directory", strings.TrimSpace(facts.Server+" "+facts.Vendor))
	if len(c.Source.LDIF) == 0 {
		l.connection(c, facts)
	}
	for _, base := range facts.Bases {
		if base.Err != nil {
			l.fail(base.Name+" base", base.Err)
		} else {
			l.ok(base.Name+" base", base.DN+", "+sampled(base))
		}
	}
	for _, warning := range facts.Warnings {
		fmt.Fprintf(l.out, "warn  %-20s %s\n", "directory", plan.Printable(warning))
	}
}

// connection says how a server was reached.
func (l *checklist) connection(c configs.Config, facts ldapsrc.Facts) {
	l.ok("directory connection", cmp.Or(facts.TLS, "unencrypted"))
	l.ok("directory bind", cmp.Or(c.Source.BindDN, c.Source.Bind, "anonymous"))
	if !facts.Clock.IsZero() {
		l.ok("directory clock", facts.Clock.UTC().Format(time.RFC3339))
	}
	if facts.Paging {
		l.ok("directory paging", "supported")
	} else {
		l.fail("directory paging", &adviceError{what: "the server does not say that it supports paged results (RFC 2696)", hint: "A snapshot may end at the server's size limit; it then says so."})
	}
	if len(facts.Limits) > 0 {
		l.ok("directory limits", strings.Join(facts.Limits, ", "))
	}
	l.ok("users by hand", c.Source.Users.Command(c.Source))
	l.ok("groups by hand", c.Source.Groups.Command(c.Source))
	if c.Source.Units.Filter != "" {
		l.ok("units by hand", c.Source.Units.Command(c.Source))
	}
}

// sampled says what the first page of a search shows.
func sampled(b ldapsrc.Base) string {
	switch {
	case b.Estimate > 0:
		return fmt.Sprintf("about %d entries", b.Estimate)
	case b.More:
		return fmt.Sprintf("more than %d entries", b.Sampled)
	}
	return fmt.Sprintf("%d entries", b.Sampled)
}

func (l *checklist) destination(ctx context.Context, c configs.Config) {
	dst, err := scimdst.NewReader(c.Destination)
	if err != nil {
		l.fail("destination", err)
		return
	}
	d, err := dst.Check(ctx)
	if err != nil {
		l.fail("destination", err)
		return
	}
	l.ok("destination", c.Destination.URL+" takes the token")
	if !d.Announced {
		l.ok("destination says", "nothing of itself (no ServiceProviderConfig); the defaults are used")
		return
	}
	says := fmt.Sprintf("patch %s, filter %s, etag %s, bulk %s, at most %d a page", yes(d.Patch), yes(d.Filter), yes(d.ETag), yes(d.Bulk), d.MaxResults)
	if d.Patch {
		l.ok("destination says", says)
	} else {
		l.fail("destination says", &adviceError{what: says, hint: "Objects are changed by PATCH: a service without it can only be filled."})
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/ivanti"
)

func (p *program) tenantCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "tenant",
		Short: "Read the MDM's own records, read only: accounts, evidence, what refers to LDAP",
		Long: `Read what the MDM's own records say, from its interface and from exported files
as the block tenant of the configuration names them: the accounts by source, what
refers to LDAP, and whether the LDAP server is disabled. It goes into the state
file, and the next plan decides with it. Nothing is written to the tenant.

An LDAP server that is disabled is not a server that is deleted: deleting it
makes its people local users.` + exitHelp(exitDone, exitFailed, exitLocked, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			if !c.Tenant.On() {
				return &adviceError{what: "the configuration has no block tenant", hint: "Name the MDM's interface under tenant.url, or exported files; docs/tenant.md says which."}
			}
			return p.writing(cmd.Context(), c, func(f *checkpoints.File) error {
				t, seen, err := gather(cmd.Context(), c, f)
				if err != nil {
					return err
				}
				p.tellTenant(t, seen)
				return nil
			})
		},
	}
}

func (p *program) tellTenant(t checkpoints.Tenant, seen []plan.Evidence) {
	fmt.Fprintf(p.out, "Records %s of %s\n", t.Digest.Short(), plan.Printable(t.Source))
	if len(t.Records.Sources) > 0 {
		fmt.Fprintf(p.out, "  accounts      %s\n", plan.Printable(bySource(t.Records.Sources)))
	}
	if len(t.Records.Groups) > 0 {
		groups := map[string]int{}
		for _, source := range t.Records.Groups {
			groups[source]++
		}
		fmt.Fprintf(p.out, "  groups        %s\n", plan.Printable(bySource(groups)))
	}
	if t.Records.Searched > 0 {
		fmt.Fprintf(p.out, "  references    %d to LDAP, in %d files and configurations\n", len(t.Records.References), t.Records.Searched)
	}
	for _, e := range seen {
		fmt.Fprintf(p.out, "  %-13s %s: %s\n", e.Bearing, e.Kind, plan.Printable(e.Sentence))
	}
}

// bySource says counts by source in words: 200 LDAP, 1 LOCAL.
func bySource(counts map[string]int) string {
	parts := make([]string, 0, len(counts))
	for _, source := range slices.Sorted(maps.Keys(counts)) {
		name := source
		if name == "" {
			name = "of unknown source"
		}
		parts = append(parts, fmt.Sprintf("%d %s", counts[source], name))
	}
	return strings.Join(parts, ", ")
}

// gather reads the tenant and stores what it says.
func gather(ctx context.Context, c configs.Config, f *checkpoints.File) (checkpoints.Tenant, []plan.Evidence, error) {
	// Evidence comes first: it holds the counts against those of before.
	seen, err := gatherEvidence(ctx, c, f)
	if err != nil {
		return checkpoints.Tenant{}, nil, err
	}
	g, err := ivanti.Gather(ctx, c.Tenant, custom(c.Rules))
	if err != nil {
		return checkpoints.Tenant{}, nil, err
	}
	t, err := f.SaveTenant(ctx, checkpoints.Tenant{Taken: time.Now(), Source: g.Source, Records: g.Records}, g.Accounts)
	return t, seen, err
}

// compareTenants reads the tenant's accounts back, where there are any.
func compareTenants(ctx context.Context, c configs.Config, f *checkpoints.File, p checkpoints.Plan) ([]migrate.Numbers, error) {
	if !c.Tenant.On() || p.Tenant == 0 {
		return nil, nil
	}
	now, _, err := gather(ctx, c, f)
	if err != nil {
		return nil, err
	}
	return migrate.TenantNumbers(ctx, f, p, now)
}

// gatherEvidence looks for evidence and records it.
func gatherEvidence(ctx context.Context, c configs.Config, f *checkpoints.File) ([]plan.Evidence, error) {
	counted, err := f.SourceCounts(ctx, "LDAP")
	if err != nil {
		return nil, err
	}
	before := make([]ivanti.Counted, len(counted))
	for i, n := range counted {
		before[i] = ivanti.Counted{At: n.At, LDAP: n.Accounts}
	}
	seen, err := ivanti.GatherEvidence(ctx, c.Tenant, before, time.Now())
	return seen, errors.Join(err, f.AddEvidence(ctx, seen))
}

// custom are the custom attributes of the rules, by their names before and
// after.
func custom(r plan.Rules) []ivanti.Custom {
	var all []ivanti.Custom
	for _, m := range r.Person {
		if name, is := strings.CutPrefix(m.Target, plan.CustomURN); is {
			was := m.Was
			if was == "" {
				was = name
			}
			all = append(all, ivanti.Custom{Was: was, Name: name})
		}
	}
	return all
}

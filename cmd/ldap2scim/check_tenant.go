package main

import (
	"context"
	"fmt"
	"time"

	"ldap2scim/configs"
	"ldap2scim/plan"
	"ldap2scim/scimdst/ivanti"
)

// tenant says whether the MDM's own records can be read, and what they show of
// the LDAP server. That it syncs is a prerequisite that does not hold yet, and
// no failure of this command: before the migration it should.
func (l *checklist) tenant(ctx context.Context, c configs.Config) {
	if !c.Tenant.On() {
		return
	}
	g, err := ivanti.Gather(ctx, c.Tenant, custom(c.Rules))
	if err != nil {
		l.fail("tenant", err)
		return
	}
	l.ok("tenant", g.Source)
	if len(g.Records.Sources) > 0 {
		l.ok("tenant accounts", bySource(g.Records.Sources))
	}
	if g.Records.Searched > 0 {
		l.ok("tenant references", fmt.Sprintf("%d to LDAP, in %d files and configurations", len(g.Records.References), g.Records.Searched))
	}
	seen, err := ivanti.GatherEvidence(ctx, c.Tenant, nil, time.Now())
	if err != nil {
		l.fail("LDAP server", err)
		return
	}
	for _, e := range seen {
		switch e.Bearing {
		case plan.Proves, plan.Supports:
			l.ok("LDAP server", e.Sentence)
		case plan.Contradicts:
			fmt.Fprintf(l.out, "wait  %-20s %s\n", "LDAP server off", plan.Printable(e.Sentence))
		case plan.Inconclusive:
		}
	}
}

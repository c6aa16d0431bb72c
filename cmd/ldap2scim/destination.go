package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/configs"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/entra"
	"ldap2scim/scimdst/entra/graph"
)

// opened is the destination of a configuration: a SCIM service, or a tenant of
// Entra ID that provisions one.
type opened struct {
	migrate.Lister
	// learn asks it what it says of itself; nil for one that says nothing.
	learn func(context.Context) (string, error)
	// writer is nil for one that was opened to be read.
	writer migrate.Destination
	// spent is what the requests so far have cost; nil for one that does not
	// tell.
	spent func() graph.Usage
}

// openReader opens the destination to be read. People of a tenant are matched
// with those of the snapshot.
func openReader(ctx context.Context, c configs.Config, f *checkpoints.File, snapshot int64, observe migrate.Observer) (opened, error) {
	if c.Entra == nil {
		c.Destination.Again = c.Retry.Again(observe)
		r, err := scimdst.NewReader(c.Destination)
		return opened{Lister: r, learn: func(ctx context.Context) (string, error) { return learn(ctx, r) }}, err
	}
	client, err := tenantClient(c)
	return opened{Lister: tenantReader(ctx, client, c, f, snapshot), spent: client.Usage}, err
}

// readDestination opens the destination to be read, shows how do reads it, and
// says what that has cost.
func (p *program) readDestination(ctx context.Context, c configs.Config, f *checkpoints.File, snapshot int64, do func(opened, migrate.Observer) error) error {
	progress := p.progress(0)
	dst, err := openReader(ctx, c, f, snapshot, progress.observe)
	if err == nil {
		err = do(dst, progress.observe)
	}
	progress.end()
	if err == nil {
		p.sayCost(dst.spent)
	}
	return err
}

// openWriter opens it to be written too.
func openWriter(ctx context.Context, c configs.Config, f *checkpoints.File, snapshot int64) (opened, error) {
	if c.Entra == nil {
		w, err := scimdst.NewWriter(c.Destination)
		if err != nil {
			return opened{}, err
		}
		return opened{Lister: w.Reader, writer: scimdst.Careful{Writer: w}}, nil
	}
	client, err := tenantClient(c)
	return opened{Lister: tenantReader(ctx, client, c, f, snapshot), writer: entra.NewWriter(client, *c.Entra), spent: client.Usage}, err
}

// sayCost tells what requests have cost, where the destination tells it, also in
// the file of events.
func (p *program) sayCost(spent func() graph.Usage) {
	if spent == nil {
		return
	}
	u := spent()
	fmt.Fprintln(p.err, cost(u))
	if p.watch.events != nil {
		p.watch.events.write(time.Now(), "cost", costFields{
			Requests: u.Requests, Writes: u.Writes, Units: u.Units, Throttled: u.Throttled, Quota: u.Limit, Scope: u.Scope, Information: u.Information,
		})
	}
}

// cost says what requests to Microsoft Graph have cost.
func cost(u graph.Usage) string {
	s := fmt.Sprintf("Microsoft Graph: %d requests, %d of them writing, %d resource units, %d throttled", u.Requests, u.Writes, u.Units, u.Throttled)
	if u.Limit > 0 {
		s += fmt.Sprintf(", at most %.0f %% of the quota", 100*u.Limit)
	}
	if u.Scope != "" || u.Information != "" {
		s += "; the last was throttled by " + plan.Printable(strings.TrimSpace(u.Scope+" "+u.Information))
	}
	return s + "."
}

// tenantClient sends requests to the tenant.
func tenantClient(c configs.Config) (*graph.Client, error) {
	of := *c.Entra
	of.Now = time.Now
	return graph.New(of)
}

func tenantReader(ctx context.Context, g entra.Graph, c configs.Config, f *checkpoints.File, snapshot int64) *entra.Reader {
	of := *c.Entra
	of.Now = time.Now
	return entra.NewReader(g, of, c.Rules, entra.Directory{People: f.Entries(ctx, snapshot)(plan.Person), Groups: f.Groups(ctx, snapshot)}, entra.Patience{})
}

// learn asks a service what it says of itself.
func learn(ctx context.Context, dst *scimdst.Reader) (string, error) {
	d, err := dst.Discover(ctx)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(d)
	return string(b), err
}

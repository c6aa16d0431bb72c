package main

import (
	"context"
	"fmt"
	"strings"

	"ldap2scim/configs"
	"ldap2scim/plan"
	"ldap2scim/scimdst/entra"
)

// tenantOfEntra says of a tenant of Entra ID who signs in, what that one may do, what
// the tenant has already, and what it must have.
func (l *checklist) tenantOfEntra(ctx context.Context, c configs.Config) {
	client, err := tenantClient(c)
	if err != nil {
		l.fail("sign-in", err)
		return
	}
	token, err := client.Token(ctx)
	if err != nil {
		l.fail("sign-in", err)
		return
	}
	l.ok("sign-in", fmt.Sprintf("%s, tenant %s, %s", c.Entra.WithDefaults().Auth.Method, c.Entra.Tenant, c.Entra.Base()))
	l.permissions(c, entra.Granted(token))
	r := entra.NewReader(client, *c.Entra, c.Rules, entra.Directory{}, entra.Patience{})
	have := map[plan.ExternalID]plan.Resource{}
	if _, err := r.List(ctx, plan.Setting, func(res plan.Resource) error {
		have[res.ExternalID] = res
		return nil
	}); err != nil {
		l.fail("Entra ID", err)
		return
	}
	for _, rule := range c.Rules.Settings {
		res, there := have[rule.ID]
		switch {
		case rule.Unmet != nil:
			l.requirement(rule, res)
		case rule.Holds == plan.Tries:
		case there:
			l.ok(rule.Name, strings.TrimSpace("there "+string(res.RemoteID)))
		default:
			l.ok(rule.Name, "will be set by apply")
		}
	}
}

// permissions says which are missing, each by name.
func (l *checklist) permissions(c configs.Config, granted []string) {
	needs := entra.Permissions(c.Rules)
	missing := entra.Missing(needs, granted)
	switch {
	case granted == nil:
		fmt.Fprintf(l.out, "warn  %-20s the token does not say what it may do; it must have: %s\n", "permissions", names(needs))
	case len(missing) == 0:
		l.ok("permissions", names(needs))
	}
	for _, p := range missing {
		if granted != nil {
			l.fail("permission", &adviceError{
				what: p.Name + " is missing, to " + p.For,
				hint: "Add it to the application that signs in, as an application permission of Microsoft Graph, and grant admin consent.",
			})
		}
	}
}

func names(all []entra.Permission) string {
	var list []string
	for _, p := range all {
		list = append(list, p.Name)
	}
	return strings.Join(list, ", ")
}

// requirement says whether something holds that this program cannot set.
func (l *checklist) requirement(rule plan.SettingRule, res plan.Resource) {
	for path, want := range rule.Want {
		if res.Fields[path] == want {
			continue
		}
		what := rule.Unmet.Sentence
		if why := res.Fields[plan.FactWhy]; why != "" {
			what += ": " + why
		}
		if rule.Unmet.Severity == plan.Block {
			l.fail(rule.Name, &adviceError{what: what, hint: rule.Unmet.Remedy})
		} else {
			fmt.Fprintf(l.out, "warn  %-20s %s\n      %-20s %s\n", rule.Name, plan.Printable(what), "", rule.Unmet.Remedy)
		}
		return
	}
	l.ok(rule.Name, "nothing to mend")
}

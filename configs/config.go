package configs

import (
	"ldap2scim/ldapsrc"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// Config is the configuration, ready for use. Secrets are not in it: the
// functions in Source and Destination read them.
type Config struct {
	// State is the path of the state file.
	State       string
	Source      ldapsrc.Config
	Destination scimdst.Config
	Rules       plan.Rules
	Retry       migrate.Retry
	// Settings is the digest of everything that a plan depends on.
	Settings plan.Digest
}

func (f file) config() (Config, error) {
	c := Config{State: f.State, Source: f.Source.WithDefaults(), Destination: f.Destination.Config, Retry: migrate.Retry{Attempts: f.Retry.Attempts}}
	if f.Source.Password != "" {
		c.Source.Password = f.Source.Password.read
	}
	if f.Destination.Token != "" {
		c.Destination.Token = f.Destination.Token.read
	}
	if c.Destination.MembersPerRequest == 0 {
		c.Destination.MembersPerRequest = 100
	}
	c.Rules = f.rules(c.Destination.MembersPerRequest)
	c.Source.Users.Attributes = c.Rules.Attributes(plan.Person)
	c.Source.Groups.Attributes = c.Rules.Attributes(plan.Group)
	c.Source.Units.Attributes = c.Rules.Attributes(plan.Unit)
	rules := c.Rules
	rules.Quota = plan.Quota{} // it changes the estimate and no step
	var err error
	c.Settings, err = plan.DigestOf(struct {
		Source, Destination  string
		Users, Groups, Units ldapsrc.Search
		Rules                plan.Rules
	}{c.Source.URL, c.Destination.URL, c.Source.Users, c.Source.Groups, c.Source.Units, rules})
	return c, err
}

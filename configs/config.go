package configs

import (
	"time"

	"ldap2scim/ldapsrc"
	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/entra"
	"ldap2scim/scimdst/ivanti"
)

// Config is the configuration, ready for use. Secrets are not in it: the
// functions in Source and Destination read them.
type Config struct {
	// State is the path of the state file.
	State       string
	Source      ldapsrc.Config
	Destination scimdst.Config
	// Entra is the road through Entra ID, which takes the place of Destination;
	// nil for a service that is provisioned directly.
	Entra *entra.Config
	// Tenant says where the vendor's own records are; it may know of none.
	Tenant ivanti.Config
	Rules  plan.Rules
	Retry  migrate.Retry
	// Concurrency is the most requests at a time that the destination's
	// profile allows; 0 when it does not say.
	Concurrency int
	// MaxSnapshotAge is how old a snapshot may be that is applied; 0 means any
	// age.
	MaxSnapshotAge time.Duration
	// Settings is the digest of everything that a plan depends on.
	Settings plan.Digest
}

func (f file) config() (Config, error) {
	c := Config{State: f.State, Source: f.Source.WithDefaults(), Destination: f.Destination.Config, Retry: migrate.Retry{Attempts: f.Retry.Attempts, Budget: f.Retry.Budget, Grace: f.Retry.TokenGrace}}
	if f.Source.Password != "" {
		c.Source.Password = f.Source.Password.read
	}
	secrets := &secretReader{}
	if f.Destination.Token != "" {
		c.Destination.Token = func() (string, error) { return secrets.read(f.Destination.Token) }
	}
	c.Tenant = f.Tenant.Config
	if f.Tenant.Password != "" {
		c.Tenant.Password = f.Tenant.Password.read
	}
	c.Destination.Secret = func(name string) (string, error) { return secrets.read(Secret(name)) }
	c.Destination.Refused = secrets.forget
	c.MaxSnapshotAge = f.MaxSnapshotAge
	// A profile that is wrong is told by the destination's own mistakes.
	profile, err := c.Destination.Effective()
	if err != nil {
		profile = scimdst.Profile{}
	}
	c.Concurrency = profile.Quota.Concurrency
	c.Destination.MembersPerRequest = membersPerRequest(c.Destination.MembersPerRequest, profile)
	c.Rules = f.rules(c.Destination.MembersPerRequest)
	c.Retry.Patience = f.Retry.Patience
	f.throughEntra(&c)
	c.Source.Users.Attributes = append(c.Rules.Attributes(plan.Person), f.matchAttributes(plan.Person)...)
	c.Source.Groups.Attributes = append(c.Rules.Attributes(plan.Group), f.matchAttributes(plan.Group)...)
	c.Source.Units.Attributes = c.Rules.Attributes(plan.Unit)
	rules := c.Rules
	rules.Quota = plan.Quota{}      // it changes the estimate and no step
	profile.Quota = scimdst.Quota{} // nor does that
	c.Settings, err = plan.DigestOf(struct {
		Source, Destination  string
		LDIF                 []string
		Kind, Membership     string
		Primary, Referrals   string
		Users, Groups, Units ldapsrc.Search
		Rules                plan.Rules
		Profile              scimdst.Profile
	}{c.Source.URL, c.DestinationName(), c.Source.LDIF, c.Source.Kind, c.Source.Membership, c.Source.PrimaryGroups, c.Source.Referrals, c.Source.Users, c.Source.Groups, c.Source.Units, rules, profile})
	return c, err
}

// DestinationName is what the state file calls the destination.
func (c Config) DestinationName() string {
	if c.Entra != nil {
		return c.Entra.Name()
	}
	return c.Destination.URL
}

// membersPerRequest is the largest membership step: what the file says, at the
// most what the profile allows, and 100 where neither says.
func membersPerRequest(asked int, profile scimdst.Profile) int {
	const usual = 100
	switch most := profile.Members.Add; {
	case asked == 0 && most == 0:
		return usual
	case asked == 0 || most > 0 && asked > most:
		return most
	}
	return asked
}

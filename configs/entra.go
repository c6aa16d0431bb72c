package configs

import (
	"maps"
	"slices"
	"strings"
	"time"

	"ldap2scim/plan"
	"ldap2scim/scimdst/entra"
)

// entraRoad is the block of the road through Entra ID.
type entraRoad struct {
	entra.Config `yaml:",inline"`
	Auth         entraAuth    `yaml:"auth"`
	Service      entraService `yaml:"service"`
}

type entraAuth struct {
	entra.Auth `yaml:",inline"`
	// Secret is the client secret, or the token of the method token.
	Secret Secret `yaml:"secret"`
	// Password is that of a PKCS #12 file.
	Password Secret `yaml:"password"`
}

type entraService struct {
	entra.Service `yaml:",inline"`
	Token         Secret `yaml:"token"`
}

// entraPatience is how long Entra ID may take to show what it has accepted:
// what is made is seen everywhere after some seconds, sometimes after minutes.
// It is as long as an application is looked for ([entra.Config.Replication]).
const entraPatience = time.Minute

// entraConcurrency is the most requests at a time: with them the quota of 20
// writes a second is used also where an answer takes 400 milliseconds.
const entraConcurrency = 8

// throughEntra completes a configuration whose file has the block.
func (f file) throughEntra(c *Config) {
	block := f.Destination.Entra
	if block == nil {
		return
	}
	road := block.Config.WithDefaults()
	read := func(s Secret) func() (string, error) {
		if s == "" {
			return nil
		}
		return s.read
	}
	road.Auth = block.Auth.Auth
	road.Auth.Secret, road.Auth.Password = read(block.Auth.Secret), read(block.Auth.Password)
	road.Service = block.Service.Service
	road.Service.Token = read(block.Service.Token)
	c.Entra = &road
	c.Rules = road.Rules(c.Rules)
	c.Rules.Quota.Price = f.PricePerRequest
	if c.Concurrency = entraConcurrency; c.Retry.Patience == 0 {
		c.Retry.Patience = entraPatience
	}
}

// matchAttributes are read beside those of the rules, so that people and
// groups are found in Entra ID.
func (f file) matchAttributes(k plan.Kind) []string {
	if f.Destination.Entra == nil {
		return nil
	}
	of := f.rules(entra.MembersPerRequest).Attributes(k)
	return slices.DeleteFunc(entra.MatchAttributes(f.Source.Kind, k), func(name string) bool { return slices.Contains(of, name) })
}

// checkRoad returns the mistakes that the block alone does not show.
func (l loader) checkRoad(f file) []error {
	var found []error
	say := func(key, what string) {
		found = append(found, &Mistake{File: l.name, Line: l.line(key), Key: key, What: what})
	}
	d := f.Destination
	if d.URL != "" {
		say("destination.url", "leave it out: Entra ID provisions the service, whose address is destination.entra.service.url")
	}
	if d.Token != "" {
		say("destination.token", "leave it out: the service's token is destination.entra.service.token")
	}
	for _, name := range slices.Sorted(maps.Keys(d.Entra.Attributes)) {
		if _, mapped := f.Mapping.Custom[name]; !mapped {
			say("destination.entra.attributes."+name, "there is no mapping.custom."+name+meant(name, slices.Sorted(maps.Keys(f.Mapping.Custom))))
		}
	}
	used := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(d.Entra.Attributes)) {
		store := d.Entra.Attributes[name]
		if other := used[store]; other != "" && strings.HasPrefix(store, "extension") {
			say("destination.entra.attributes."+name, store+" is that of "+other+" already; the vendor takes each source once")
		}
		used[store] = name
	}
	return found
}

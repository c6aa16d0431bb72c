package entra

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ldap2scim/plan"
)

// Template is the non-gallery application that can be provisioned. A plain app
// registration cannot.
const Template = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"

// DirectoryExtension is the store of an attribute for which a directory
// extension of the application is made.
const DirectoryExtension = "directory-extension"

// Config says which tenant is prepared, and how.
type Config struct {
	// Tenant is the tenant's ID or one of its domains.
	Tenant string `yaml:"tenant"`
	// Cloud is global (the default), usgov, dod or china.
	Cloud string `yaml:"cloud"`
	Auth  Auth   `yaml:"-"`
	// Endpoint takes the place of the cloud's address: Graph on a loopback
	// address, for tests and demonstrations.
	Endpoint string `yaml:"endpoint"`
	// Application is the name of the enterprise application.
	Application string `yaml:"application"`
	// Service is the SCIM service that Entra ID provisions.
	Service Service `yaml:"-"`
	// Scope is assigned (the default) or all.
	Scope string `yaml:"scope"`
	// Assign is groups (the default), which needs P1, or people.
	Assign string `yaml:"assign"`
	// Attributes says where the value of each custom attribute is kept:
	// DirectoryExtension (the default), extensionAttribute1 to 15, or the full
	// name of a directory extension that is there.
	Attributes map[string]string `yaml:"attributes"`
	// Canary is how many people of the first wave are provisioned on demand
	// before the provisioning is started; 5 when 0, none when negative.
	Canary int `yaml:"canary"`
	// DeleteThreshold is how many deletions Entra ID makes before it stops and
	// asks; 50 when 0.
	DeleteThreshold int `yaml:"delete_threshold"`
	// SyncAge is how old the last directory synchronisation may be before it
	// is said; three hours when 0.
	SyncAge time.Duration `yaml:"sync_age"`
	// WritesPerSecond is the most that is written; 20 when 0, which is what
	// Microsoft allows an application in a tenant (3,000 in 150 s).
	WritesPerSecond float64 `yaml:"writes_per_second"`
	// Replication is how long what was made may take to be seen everywhere; a
	// minute when 0. So long an application, extension, job or group whose
	// answer was lost is looked for before it is made again.
	Replication time.Duration `yaml:"-"`
	// Now tells the time, to say how old a synchronisation is and to see when a
	// token is to be renewed. Nil means that the first is not said, and that
	// each request asks for its token.
	Now func() time.Time `yaml:"-"`
}

// Auth says who asks.
type Auth struct {
	// Method is client-secret, certificate, workload-identity,
	// managed-identity, azure-cli or token.
	Method   string `yaml:"method"`
	ClientID string `yaml:"client_id"`
	// Secret returns the client secret, or the access token of the method
	// token.
	Secret func() (string, error) `yaml:"-"`
	// Certificate is a file with a certificate and its private key, PEM or
	// PKCS #12. Password returns what a PKCS #12 file is locked with, and may
	// be nil.
	Certificate string                 `yaml:"certificate"`
	Password    func() (string, error) `yaml:"-"`
	// Authority takes the place of the cloud's sign-in address; for private
	// clouds and tests.
	Authority string `yaml:"authority"`
}

// Service is the SCIM service that Entra ID provisions.
type Service struct {
	URL string `yaml:"url"`
	// Token returns the bearer token that Entra ID will send.
	Token func() (string, error) `yaml:"-"`
}

// Methods of signing in.
const (
	ClientSecret     = "client-secret"
	Certificate      = "certificate"
	WorkloadIdentity = "workload-identity"
	ManagedIdentity  = "managed-identity"
	AzureCLI         = "azure-cli"
	Token            = "token"
)

func methods() []string {
	return []string{ClientSecret, Certificate, WorkloadIdentity, ManagedIdentity, AzureCLI, Token}
}

// clouds are the addresses of Graph by the name of the cloud.
// Source: learn.microsoft.com/graph/deployments.
func clouds() map[string]string {
	return map[string]string{
		"global": "https://graph.microsoft.com/v1.0", "usgov": "https://graph.microsoft.us/v1.0",
		"dod": "https://dod-graph.microsoft.us/v1.0", "china": "https://microsoftgraph.chinacloudapi.cn/v1.0",
	}
}

// WithDefaults returns c with every default in place.
func (c Config) WithDefaults() Config {
	set := func(at *string, usual string) {
		if *at == "" {
			*at = usual
		}
	}
	set(&c.Cloud, "global")
	set(&c.Application, "Ivanti Neurons for MDM User Provisioning")
	set(&c.Scope, "assigned")
	set(&c.Assign, "groups")
	set(&c.Auth.Method, ClientSecret)
	if c.Canary == 0 {
		c.Canary = 5
	}
	if c.DeleteThreshold == 0 {
		c.DeleteThreshold = 50
	}
	if c.SyncAge == 0 {
		c.SyncAge = 3 * time.Hour
	}
	if c.Replication == 0 {
		c.Replication = time.Minute
	}
	if c.WritesPerSecond == 0 {
		c.WritesPerSecond = 20
	}
	return c
}

// soon is how long to wait before what was just made is asked for again: a
// second where it may take a minute to be seen.
func (c Config) soon() time.Duration { return c.Replication / 60 }

// Base is the address of Graph, with its version.
func (c Config) Base() string {
	if c.Endpoint != "" {
		return strings.TrimSuffix(c.Endpoint, "/")
	}
	return clouds()[c.WithDefaults().Cloud]
}

// Name is what the state file calls the destination.
func (c Config) Name() string { return "entra:" + c.Tenant }

// Validate returns every mistake. Each begins with its key below
// destination.entra, and ": ".
func (c Config) Validate() error {
	var errs []error
	say := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf(key+": "+format, args...))
	}
	one := func(key, value string, known []string) {
		if value != "" && !slices.Contains(known, value) {
			say(key, "%q is not one of %s", value, strings.Join(known, ", "))
		}
	}
	if c.Tenant == "" {
		say("tenant", "missing; write the tenant's ID or one of its domains")
	}
	one("cloud", c.Cloud, slices.Sorted(maps.Keys(clouds())))
	one("scope", c.Scope, []string{"assigned", "all"})
	one("assign", c.Assign, []string{"groups", "people"})
	one("auth.method", c.Auth.Method, methods())
	switch m := c.WithDefaults().Auth.Method; {
	case (m == ClientSecret || m == Certificate || m == WorkloadIdentity) && c.Auth.ClientID == "":
		say("auth.client_id", "missing; write the ID of the application that signs in")
	case (m == ClientSecret || m == Token) && c.Auth.Secret == nil:
		say("auth.secret", "missing; write env:NAME or file:PATH")
	case m == Certificate && c.Auth.Certificate == "":
		say("auth.certificate", "missing; write the file that holds the certificate and its key")
	}
	checkURL(say, "service.url", c.Service.URL)
	if c.Endpoint != "" {
		checkURL(say, "endpoint", c.Endpoint)
	}
	if c.Service.Token == nil {
		say("service.token", "missing; write env:NAME or file:PATH")
	}
	first := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Attributes)) {
		store := c.Attributes[name]
		if other := first[store]; other != "" && store != DirectoryExtension {
			say("attributes."+name, "%s keeps %s already, and the service takes each attribute of Entra ID once", store, other)
		} else {
			first[store] = name
		}
		if !isStore(store) {
			say("attributes."+name, "%q is no place for an attribute: write %s, extensionAttribute1 to extensionAttribute15, or the full name of a directory extension", c.Attributes[name], DirectoryExtension)
		}
	}
	return errors.Join(errs...)
}

// checkURL takes https, and http to a loopback address.
func checkURL(say func(key, format string, args ...any), key, address string) {
	u, err := url.Parse(address)
	switch {
	case address == "":
		say(key, "missing; write the address, https://…")
	case err != nil || u.Host == "":
		say(key, "this is not an address")
	case u.Scheme != "https" && !slices.Contains([]string{"127.0.0.1", "localhost", "::1"}, u.Hostname()):
		say(key, "only https is sent to, but for loopback addresses")
	}
}

// isStore tells whether a custom attribute can be kept there.
func isStore(s string) bool {
	if n, numbered := strings.CutPrefix(s, "extensionAttribute"); numbered {
		i, err := strconv.Atoi(n)
		return err == nil && 1 <= i && i <= 15 && strconv.Itoa(i) == n
	}
	return s == DirectoryExtension || regexp.MustCompile(`^extension_[0-9a-f]{32}_[A-Za-z0-9_]+$`).MatchString(s)
}

// store is where the value of a custom attribute is kept.
func (c Config) store(name string) string {
	if s := c.Attributes[name]; s != "" {
		return s
	}
	return DirectoryExtension
}

// customs are the custom attributes of the rules, in order.
func customs(mappings []plan.Mapping) []string {
	var names []string
	for _, m := range mappings {
		if name, custom := strings.CutPrefix(m.Target, plan.CustomURN); custom {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

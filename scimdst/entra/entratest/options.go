package entratest

import (
	"cmp"
	"crypto/x509"
	"time"
)

// The identifiers that a server has when [Options] name none.
const (
	// Tenant is the tenant's id.
	Tenant = "7e4a0000-0000-4000-8000-000000000001"
	// ClientID and ClientSecret are those of the client that may do all that
	// this server has.
	ClientID     = "c11e0000-0000-4000-8000-000000000001"
	ClientSecret = "client-secret"
)

// Options are the rules of the tenant. The zero value is a tenant with the
// documented quotas, with Entra ID P1, without delay, and with one client that
// has every permission.
type Options struct {
	// Tenant is the tenant's id; the constant [Tenant] if empty.
	Tenant string
	// Clients may get tokens. If there is none, there is one with ClientID,
	// ClientSecret and every permission.
	Clients []Client
	// Clock tells the time. If nil, the server has a clock of its own, which
	// moves by Step with each request, and by [Server.Advance].
	Clock func() time.Time
	// Step is how far the server's own clock moves with each request; 100
	// milliseconds if 0.
	Step time.Duration
	// Replication is how many requests an object that was made stays unseen.
	Replication int
	// Limits are the quotas.
	Limits Limits
	// NoPremium leaves out the licence for Entra ID P1, without which groups
	// cannot be assigned to an application.
	NoPremium bool
	// LastSync is when the directory was last synchronized from the one on
	// premises; the zero time says that it never is.
	LastSync time.Time
	// Poll lets a job's cycle run when its status is asked for, as a demo needs
	// it that has nobody to call [Server.Cycle].
	Poll bool
	// LegacyOnly leaves out the template "scim", as for an application that was
	// made long ago.
	LegacyOnly bool
	// TLS serves the token endpoint over HTTPS too, with a certificate of its
	// own, as azidentity asks for.
	TLS bool
	// Quarantine are the thresholds at which a job is stopped.
	Quarantine Thresholds
}

// Client is an application that may ask for tokens: by a secret, by an
// assertion that its certificate's key signed, or by a token of another issuer.
type Client struct {
	ID, Secret  string
	Certificate *x509.Certificate
	Federated   string
	// Roles are the application permissions that were consented to.
	Roles []string
	// Expired says that the secret has run out.
	Expired bool
}

// Limits are quotas. A field that is 0 stands for the documented value, a
// negative number for no limit.
//
// Source: learn.microsoft.com/graph/throttling-limits, identity and access.
type Limits struct {
	// Units are resource units in UnitsIn; 3,500, 5,000 or 8,000 in 10 seconds
	// by the number of users.
	Units   int
	UnitsIn time.Duration
	// Writes are requests that write in WritesIn; 3,000 in 150 seconds.
	Writes   int
	WritesIn time.Duration
	// OnDemand are provisionings on demand in OnDemandIn; 5 in 10 seconds.
	OnDemand   int
	OnDemandIn time.Duration
	// Logs are requests for provisioning logs in LogsIn; 5 in 10 seconds.
	Logs   int
	LogsIn time.Duration
}

// Thresholds say when a job is put into quarantine. A field that is 0 stands
// for the documented value.
//
// Source: learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status
type Thresholds struct {
	// Share of what is in scope, in percent, together with Least: more than 40
	// of a hundred and at least 5,000 failures.
	Share, Least int
	// Most failures whatever their share: 40,000.
	Most int
}

func (o Options) filled() Options {
	if o.Tenant == "" {
		o.Tenant = Tenant
	}
	if len(o.Clients) == 0 {
		o.Clients = []Client{{ID: ClientID, Secret: ClientSecret, Roles: AllRoles()}}
	}
	if o.Step == 0 {
		o.Step = 100 * time.Millisecond
	}
	q := &o.Quarantine
	q.Share, q.Least, q.Most = cmp.Or(q.Share, 40), cmp.Or(q.Least, 5000), cmp.Or(q.Most, 40000)
	l := &o.Limits
	l.Writes, l.OnDemand, l.Logs = cmp.Or(l.Writes, 3000), cmp.Or(l.OnDemand, 5), cmp.Or(l.Logs, 5)
	l.WritesIn = cmp.Or(l.WritesIn, 150*time.Second)
	l.UnitsIn, l.OnDemandIn, l.LogsIn = cmp.Or(l.UnitsIn, 10*time.Second), cmp.Or(l.OnDemandIn, 10*time.Second), cmp.Or(l.LogsIn, 10*time.Second)
	return o
}

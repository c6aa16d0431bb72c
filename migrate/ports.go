package migrate

import (
	"context"
	"time"

	"ldap2scim/plan"
)

// Source is a directory.
type Source interface {
	// Read gives every entry in scope to yield and returns the proof of how it
	// went. An error means that nothing that was read may be used.
	Read(ctx context.Context, yield func(plan.Entry) error) (plan.Proof, error)
}

// Lister is a destination that can only be read. A plan is made with one, so
// that planning has no way to write.
type Lister interface {
	// List gives every object of one kind to yield. The search says in Missing
	// why it did not see all of them.
	List(ctx context.Context, k plan.Kind, yield func(plan.Resource) error) (plan.Search, error)
}

// Provisioner is a [Lister] whose destination provisions a service by itself:
// that something is there does not say that the service has it.
type Provisioner interface {
	// Provisioned returns a function that says of one object at the destination
	// whether the service has it, or why not.
	Provisioned(ctx context.Context) (func(plan.RemoteID) plan.Provisioning, error)
}

// Destination carries out steps. Errors may have the methods
//
//	Temporary() bool            the same request may succeed later
//	RetryAfter() time.Duration  but not before this long from now
//	Throttled() bool            it was refused because there were too many
//	Unknown() bool              it may have had its effect
//	AccessDenied() bool         no request will be taken, this or another
//	Forbidden() bool            the same may be true, or of this one alone
//	Failure() plan.Failure      why it failed, as one of few words
//	Said() string               what the destination itself said
//
// and one that has none of the first five is final for its step.
type Destination interface {
	// Do sends the step's one request, once. When ctx ends while it waits for
	// leave to do so, nothing is sent, and the error wraps that of ctx. A request
	// that is under way is finished.
	Do(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error)
	// Look says whether the step is already so.
	Look(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error)
}

type (
	temporary  interface{ Temporary() bool }
	retryAfter interface{ RetryAfter() time.Duration }
	throttled  interface{ Throttled() bool }
	uncertain  interface{ Unknown() bool }
	refusing   interface{ AccessDenied() bool }
	forbidding interface{ Forbidden() bool }
)

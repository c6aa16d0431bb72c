package migrate

import (
	"context"
	"fmt"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// takeCensus lists the destination into the state file and into the input of a
// decision. Meanwhile it takes down the names of people on both sides.
func takeCensus(ctx context.Context, f *checkpoints.File, dst Lister, in *plan.Input, name, learnt string, observe Observer) (checkpoints.Inventory, error) {
	census, err := plan.NewCensus(in.Rules, in.Tenant)
	if err != nil {
		return checkpoints.Inventory{}, err
	}
	stop, wants := make(chan struct{}), make(chan error, 1)
	go func() { wants <- eachWanted(in.Snapshot, census, stop) }()
	there := &counted{Lister: dst, census: census}
	inv, err := takeInventory(ctx, f, there, in.Rules, name, learnt, observe)
	if err != nil {
		close(stop)
	}
	if read := <-wants; err == nil {
		err = read
	}
	if err != nil {
		return checkpoints.Inventory{}, err
	}
	in.Inventory = held(ctx, f, inv)
	if there.people == inv.Resources[plan.Person] { // else not all that was listed is stored
		in.Census = census
	}
	return inv, nil
}

// eachWanted takes down the people of a snapshot, until told to stop.
func eachWanted(s plan.Snapshot, census *plan.Census, stop chan struct{}) error {
	for e, err := range s.Entries(plan.Person) {
		if err != nil {
			return fmt.Errorf("read the snapshot's people: %w", err)
		}
		census.Want(e)
		select {
		case <-stop:
			return nil
		default:
		}
	}
	return nil
}

// counted is a destination whose people are taken down as they are listed.
type counted struct {
	Lister
	census *plan.Census
	people int
}

// List is that of the destination.
func (c *counted) List(ctx context.Context, k plan.Kind, yield func(plan.Resource) error) (plan.Search, error) {
	if k != plan.Person {
		return c.Lister.List(ctx, k, yield)
	}
	return c.Lister.List(ctx, k, func(r plan.Resource) error {
		c.people++
		c.census.Hold(r)
		return yield(r)
	})
}

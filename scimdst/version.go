package scimdst

import (
	"sync"

	"ldap2scim/plan"
)

// versions are those of the objects that a Writer has changed itself, which
// take the place of the version that was planned against: two steps on one
// object must not refuse each other. An empty one is not known and binds
// nothing. The newest are kept, some 65,000 at least; after a restart, and for
// older ones, whoever keeps the outcomes gives the step the version that the last
// of them had.
type versions struct {
	mu        sync.Mutex
	mine, old map[plan.RemoteID]string
}

// mostVersions are kept before those that are older than as many are forgotten.
const mostVersions = 1 << 16

// of is the version that the step's object must have, or "" for any.
func (v *versions) of(step plan.Step) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if mine, ok := v.mine[step.Remote]; ok {
		return mine
	}
	if mine, ok := v.old[step.Remote]; ok {
		return mine
	}
	return step.Version
}

func (v *versions) set(o plan.Outcome) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.mine == nil || len(v.mine) >= mostVersions {
		v.mine, v.old = map[plan.RemoteID]string{}, v.mine
	}
	v.mine[o.RemoteID] = o.Version
}

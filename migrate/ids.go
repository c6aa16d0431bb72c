package migrate

import (
	"strings"
	"sync"

	"ldap2scim/plan"
)

// generation is how many ids are remembered at least, and half of how many at
// the most: about 40 MB.
const generation = 1 << 17

// ids remembers the destination's ids of the objects that were asked for or
// created last, so that the members of many groups are not looked up again and
// again. What it has forgotten is in the state file. It is safe for concurrent
// use.
type ids struct {
	mu       sync.Mutex
	now, old map[plan.ExternalID]plan.RemoteID
}

func (m *ids) get(object plan.ExternalID) plan.RemoteID {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id := m.now[object]; id != "" {
		return id
	}
	id := m.old[object]
	if id != "" {
		m.keep(object, id)
	}
	return id
}

func (m *ids) put(object plan.ExternalID, id plan.RemoteID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(object, id)
}

// keep holds on to the two alone, and not to the text that they are a part of.
func (m *ids) keep(object plan.ExternalID, id plan.RemoteID) {
	if len(m.now) >= generation || m.now == nil {
		m.old, m.now = m.now, make(map[plan.ExternalID]plan.RemoteID)
	}
	m.now[plan.ExternalID(strings.Clone(string(object)))] = plan.RemoteID(strings.Clone(string(id)))
}

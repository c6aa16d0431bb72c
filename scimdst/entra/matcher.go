package entra

import (
	"fmt"

	"ldap2scim/plan"
)

// matcher says who of the tenant is whom of the directory: who has the surest
// key of all that somebody in the tenant has in common with the person. Several
// with the same one are all the person, who is then ambiguous (P02).
type matcher struct {
	index index
	// surest is the surest key of each person of the directory, and won the
	// surest by which somebody in the tenant is that person, both as places in
	// keyNames; nobody where there is none.
	surest, won []int8
	// waiting are people of the tenant whose claim may yet be beaten.
	waiting spool[claim]
}

const nobody = int8(len(keys{}))

// claim is somebody of the tenant, and whom they are by which key.
type claim struct {
	Resource plan.Resource `json:"r"`
	Person   int           `json:"p"`
	By       int8          `json:"k"`
}

// add makes a person of the directory known. All are known before the first of
// the tenant is met.
func (m *matcher) add(id plan.ExternalID, k keys) error {
	if err := m.index.add(id, k); err != nil {
		return err
	}
	first := int8(0)
	for first < nobody && k[first] == "" {
		first++
	}
	m.surest, m.won = append(m.surest, first), append(m.won, nobody)
	return nil
}

// meet takes somebody of the tenant. Who is nobody's, and whom nobody can take
// the person from any more, is yielded at once; the others by finish.
func (m *matcher) meet(r plan.Resource, k keys, yield func(plan.Resource) error) error {
	n, by := m.index.find(k)
	if n < 0 {
		return yield(r)
	}
	m.won[n] = min(m.won[n], by)
	if by == m.surest[n] {
		return yield(m.owned(r, n, by))
	}
	if err := m.waiting.put(claim{r, n, by}); err != nil {
		return fmt.Errorf("keep %s until everybody was read: %w", r.RemoteID, err)
	}
	return nil
}

// finish yields those whose claims could have been beaten.
func (m *matcher) finish(yield func(plan.Resource) error) error {
	return m.waiting.each(func(c claim) error {
		if c.By == m.won[c.Person] {
			return yield(m.owned(c.Resource, c.Person, c.By))
		}
		return yield(c.Resource)
	})
}

// left takes somebody who was deleted, when all others were met. Only a person
// whom nobody else is can be that one; all others are not worth listing.
func (m *matcher) left(r plan.Resource, k keys, yield func(plan.Resource) error) error {
	n, by := m.index.find(k)
	if n < 0 || m.won[n] != nobody {
		return nil
	}
	return yield(m.owned(r, n, by))
}

func (m *matcher) owned(r plan.Resource, n int, by int8) plan.Resource {
	r.ExternalID = m.index.people.at(n)
	if r.Fields == nil {
		r.Fields = plan.Fields{}
	}
	r.Fields[plan.FactMatched] = keyNames()[by]
	return r
}

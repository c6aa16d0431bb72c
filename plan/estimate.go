package plan

// Quota is what a destination allows, for the estimate.
type Quota struct {
	// RequestsPerSecond is 0 when it is not known.
	RequestsPerSecond float64 `json:"requestsPerSecond,omitempty"`
	// Price is that of one request, in the currency that the operator has in
	// mind.
	Price float64 `json:"price,omitempty"`
	// MembersPerWrite is how many members of a group one counted request has,
	// where a step sends several together; 0 where a step is one.
	MembersPerWrite int `json:"membersPerWrite,omitempty"`
	// Cycle is for a destination that provisions further by itself.
	Cycle Cycle `json:"cycle,omitzero"`
}

// Cycle is how long a destination's own first cycle takes, in seconds for each
// person, group and membership in its scope, as the vendor says.
type Cycle struct {
	Least float64 `json:"least,omitempty"`
	Most  float64 `json:"most,omitempty"`
}

// Estimate is what carrying out a plan costs.
type Estimate struct {
	Requests int `json:"requests"`
	// Seconds under the quota; 0 when there is none.
	Seconds float64 `json:"seconds,omitempty"`
	Price   float64 `json:"price,omitempty"`
	// InScope counts the people, groups and memberships that the destination
	// provisions further, and Cycle is how many seconds its first cycle takes.
	InScope int   `json:"inScope,omitempty"`
	Cycle   Cycle `json:"cycle,omitzero"`
}

// writes counts what a step sends that is held against the quota.
func (q Quota) writes(s Step) int {
	switch n := len(s.Members); {
	case q.MembersPerWrite == 0 || n == 0:
		return 1
	case s.Kind == Setting:
		return n
	default:
		return (n + q.MembersPerWrite - 1) / q.MembersPerWrite
	}
}

func (q Quota) estimate(requests, inScope int) Estimate {
	e := Estimate{Requests: requests, Price: q.Price * float64(requests)}
	if q.Cycle != (Cycle{}) {
		e.InScope, e.Cycle = inScope, Cycle{Least: q.Cycle.Least * float64(inScope), Most: q.Cycle.Most * float64(inScope)}
	}
	if q.RequestsPerSecond > 0 {
		e.Seconds = float64(requests) / q.RequestsPerSecond
	}
	return e
}

package plan

// Quota is what a destination allows, for the estimate.
type Quota struct {
	// RequestsPerSecond is 0 when it is not known.
	RequestsPerSecond float64 `json:"requestsPerSecond,omitempty"`
	// Price is that of one request, in the currency that the operator has in
	// mind.
	Price float64 `json:"price,omitempty"`
}

// Estimate is what carrying out a plan costs.
type Estimate struct {
	Requests int `json:"requests"`
	// Seconds under the quota; 0 when there is none.
	Seconds float64 `json:"seconds,omitempty"`
	Price   float64 `json:"price,omitempty"`
}

func (q Quota) estimate(requests int) Estimate {
	e := Estimate{Requests: requests, Price: q.Price * float64(requests)}
	if q.RequestsPerSecond > 0 {
		e.Seconds = float64(requests) / q.RequestsPerSecond
	}
	return e
}

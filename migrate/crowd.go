package migrate

import "time"

const (
	// few are more than the destination needs to be kept busy: with so many
	// waiting there, one more brings nothing, and with more than many one less
	// costs nothing. With less than that waiting, two that share a machine wake
	// each other for each request, which costs both of them time.
	few, many = 6.0, 12.0
	// fresh is how long the shortest answer is believed to be the shortest.
	fresh = time.Minute
)

// crowd learns how many requests at a time a destination needs. By Little's law
// rate × latency are under way where nobody waits; the latency where nobody
// waits is the shortest that was seen, and what is longer is waiting, be it at
// the destination or for a quota on the way there. So as long as less than a
// few wait, there is one more, and with more than many there is one less
// (L. Brakmo, L. Peterson, TCP Vegas, 1995). Whoever says that it is too much
// gets half as many. It is not safe for concurrent use; the gate holds it.
type crowd struct {
	most, usual float64
	limit       float64
	cut         time.Time
	full        time.Time // when as many as may be were under way
	kind        string    // of what is under way
	shortest    time.Duration
	usually     time.Duration // how long the last ones took
	since       time.Time     // when shortest began to be looked for
}

func newCrowd(most int) crowd {
	usual := min(float64(most), usualConcurrency)
	return crowd{most: float64(most), usual: usual, limit: usual}
}

// sent: with this request so many are under way.
func (c *crowd) sent(now time.Time, busy int) {
	if busy >= int(c.limit) {
		c.full = now
	}
}

// good: a request of some kind was answered.
func (c *crowd) good(now time.Time, kind string, took time.Duration) {
	if kind != c.kind || now.Sub(c.since) > fresh {
		// Half as many for a moment show how long it takes where nobody waits.
		if kind == c.kind {
			c.limit = max(c.limit/2, min(c.usual, c.limit))
		}
		c.kind, c.since, c.shortest, c.usually = kind, now, took, took
	}
	c.shortest = min(c.shortest, took)
	c.usually += (took - c.usually) / 8
	waiting := c.limit * (1 - float64(c.shortest)/float64(max(c.usually, 1)))
	switch {
	case c.limit < c.usual, waiting < few && now.Sub(c.full) <= took:
		c.limit = min(c.most, c.limit+1/c.limit)
	case waiting > many:
		c.limit = max(c.usual, c.limit-1/c.limit)
	}
}

// refused: there were too many.
func (c *crowd) refused(now time.Time) {
	if now.Sub(c.cut) > epoch { // what was under way together says it once
		c.limit, c.cut = max(1, c.limit/2), now
	}
}

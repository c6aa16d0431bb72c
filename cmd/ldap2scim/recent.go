package main

import "time"

const (
	// bucket is the part of the recent time that is counted as one, and so many
	// of them are remembered.
	bucket  = 500 * time.Millisecond
	buckets = 20
)

// recent counts what happens, and tells how often a second it happened in the
// last ten seconds: a rate since the start would hide that a run has slowed.
type recent struct {
	started time.Time
	counts  [buckets]int
	// at is the number of the bucket that is being filled, since started.
	at int64
}

func newRecent(now time.Time) *recent { return &recent{started: now} }

func (r *recent) add(now time.Time, n int) {
	r.advance(now)
	r.counts[r.at%buckets] += n
}

// rate is per second.
func (r *recent) rate(now time.Time) float64 {
	r.advance(now)
	n := 0
	for _, c := range r.counts {
		n += c
	}
	span := min(now.Sub(r.started), (buckets-1)*bucket+now.Sub(r.started)%bucket)
	return float64(n) / max(span, bucket).Seconds()
}

// advance empties the buckets of the time that has passed since.
func (r *recent) advance(now time.Time) {
	at := int64(now.Sub(r.started) / bucket)
	for range min(max(at-r.at, 0), buckets) {
		r.at++
		r.counts[r.at%buckets] = 0
	}
	r.at = max(r.at, at)
}

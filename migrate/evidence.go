package migrate

import (
	"crypto/sha256"
	"strconv"
	"strings"
	"time"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// Run is one carrying out of the plan, as evidence.
type Run struct {
	ID int64 `json:"run"`
	// Digest covers what the journal has of it: each step that it was the last
	// to record, with its state, attempts, id, version and time.
	Digest  plan.Digest `json:"digest"`
	Version string      `json:"version"`
	Started time.Time   `json:"started"`
	// Ended is zero for a run that was killed, or goes on.
	Ended   time.Time `json:"ended,omitzero"`
	Outcome string    `json:"outcome,omitempty"`
	// Done and Failed count the steps that it was the last to record.
	Done   int `json:"done"`
	Failed int `json:"failed"`
	// Sent counts its requests by kind, Throttled the answers that asked to
	// slow down, and Waited the seconds in which they had asked to wait.
	Sent      []checkpoints.Sent `json:"sent,omitempty"`
	Throttled int                `json:"throttled"`
	Waited    float64            `json:"waitedSeconds"`
	// Pace counts the steps recorded in each stretch of so many seconds.
	Pace Pace `json:"pace"`
}

// Pace is how many steps were recorded over time.
type Pace struct {
	Seconds int   `json:"seconds"` // of one stretch
	Counts  []int `json:"counts,omitempty"`
}

// Requests returns how many requests a run has sent, and how many of them were
// retries.
func (r Run) Requests() (all, retries int) {
	for _, s := range r.Sent {
		all += s.Requests
		retries += s.Retries
	}
	return all, retries
}

// Wave is one part of a plan. It is reconciled when all of it was sent, and is
// as the plan wants it; its steps are counted.
type Wave struct {
	Name       string `json:"name"`
	Reconciled bool   `json:"reconciled"`
	Done       int    `json:"done"`
	Failed     int    `json:"failed"`
	Open       int    `json:"open"`
}

// Memberships are counted as the directory has them, when nested groups are
// flattened, and as the destination was read back.
type Memberships struct {
	Direct int `json:"direct"`
	Flat   int `json:"flat"`
	Held   int `json:"held"`
}

// evidence gathers what the journal says of runs and waves.
type evidence struct {
	runs  map[int64]*runSoFar
	waves map[string]*Wave
}

type runSoFar struct {
	digest       plan.SetDigest
	done, failed int
	seconds      map[int64]int // by Unix time
}

func newEvidence() evidence {
	return evidence{runs: map[int64]*runSoFar{}, waves: map[string]*Wave{}}
}

func (e evidence) add(f checkpoints.Fate) {
	w := e.waves[f.Wave]
	if w == nil {
		w = &Wave{Name: f.Wave}
		e.waves[f.Wave] = w
	}
	switch f.State {
	case checkpoints.Done:
		w.Done++
	case checkpoints.Failed:
		w.Failed++
	case checkpoints.Pending, checkpoints.Sending:
		w.Open++
	}
	if f.Run == 0 {
		return
	}
	r := e.runs[f.Run]
	if r == nil {
		r = &runSoFar{seconds: map[int64]int{}}
		e.runs[f.Run] = r
	}
	r.digest.Add(sha256.Sum256([]byte(strings.Join([]string{
		string(f.Step), string(f.State), strconv.Itoa(f.Attempts), string(f.Outcome.RemoteID), f.Outcome.Version, f.Error, f.At.UTC().Format(time.RFC3339Nano),
	}, "\x00"))))
	switch f.State {
	case checkpoints.Done:
		r.done++
		r.seconds[f.At.Unix()]++
	case checkpoints.Failed:
		r.failed++
		r.seconds[f.At.Unix()]++
	case checkpoints.Pending, checkpoints.Sending:
	}
}

// of puts together what is known of one run.
func (e evidence) of(r checkpoints.Run, t checkpoints.Tally) Run {
	run := Run{
		ID: r.ID, Version: r.Version, Started: r.Started, Ended: r.Ended, Outcome: r.Outcome,
		Sent: t.Sent, Throttled: t.Throttled, Waited: t.Waited.Seconds(),
	}
	so := e.runs[r.ID]
	if so == nil {
		so = &runSoFar{}
	}
	run.Digest, run.Done, run.Failed = so.digest.Digest(), so.done, so.failed
	run.Pace = paceOf(so.seconds)
	return run
}

// paceOf folds counts by second into a few stretches of one length.
func paceOf(seconds map[int64]int) Pace {
	const most = 60
	if len(seconds) == 0 {
		return Pace{}
	}
	first, last := int64(1<<62), int64(0)
	for at := range seconds {
		first, last = min(first, at), max(last, at)
	}
	length := int64(1)
	for _, l := range []int64{1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400} {
		if length = l; (last-first)/l < most {
			break
		}
	}
	p := Pace{Seconds: int(length), Counts: make([]int, (last-first)/length+1)}
	for at, n := range seconds {
		p.Counts[(at-first)/length] += n
	}
	return p
}

// sentWords says what requests of one kind do.
func sentWords(a plan.Action, k plan.Kind) string {
	if a == checkpoints.LookUp {
		return "look up " + string(k)
	}
	if a == plan.AddMembers {
		return a.Word()
	}
	return a.Word() + " " + string(k)
}

package entra

import (
	"context"
	"fmt"
	"time"
)

// Progress is where the provisioning of a tenant is.
type Progress struct {
	// Found says that there is a job, Started that it runs by itself, and
	// Finished that its first cycle has come to its end.
	Found, Started, Finished bool
	// Code is Graph's word for the state of the job.
	Code string
	// Counted says how many objects it has provisioned, in words.
	Counted string
	// Failing are objects that the last cycle could not provision, and that
	// the next tries again.
	Failing int
	// Quarantine explains why the job has stopped itself, or is "".
	Quarantine string
	// FirstDone is when the first cycle was over.
	FirstDone time.Time
}

// String says it in one line.
func (p Progress) String() string {
	switch {
	case !p.Found:
		return "there is no provisioning job yet"
	case p.Quarantine != "":
		return p.Quarantine
	case !p.Started:
		return "the provisioning is not started"
	}
	s := "the first cycle is under way"
	if p.Finished {
		s = "the first cycle was over at " + p.FirstDone.UTC().Format(time.DateTime+"Z")
	}
	if p.Counted != "" {
		s += "; provisioned: " + p.Counted
	}
	if p.Failing > 0 {
		s += fmt.Sprintf("; %d failed and will be tried again", p.Failing)
	}
	return s
}

// Progress asks where the provisioning is. The first cycle is the first that
// came to its end after since, when the provisioning was last set up or
// started: one that was over before says nothing of what was set up then.
func (r *Reader) Progress(ctx context.Context, since time.Time) (Progress, error) {
	r.own = nil
	t, err := r.tenant(ctx)
	if err != nil {
		return Progress{}, err
	}
	j, found := t.job()
	if !found {
		return Progress{}, nil
	}
	// The single job is asked for: what it says is of this moment.
	j, err = one[job](ctx, r.graph, r.patience, get(jobPath(t.principals[0].ID, j.ID)))
	if err != nil {
		return Progress{}, err
	}
	p := Progress{Found: true, Started: j.state() == "Active", Finished: j.finished(since), Code: j.Status.Code, Counted: j.counted(), Quarantine: j.why(), FirstDone: j.Status.FirstDone}
	if j.Status.Last != nil {
		p.Failing = j.Status.Last.Escrowed
	}
	return p, nil
}

// finished tells whether a cycle has come to its end after a moment: Graph
// gives the first moment of the year 1 to what has not been, and may keep the
// end of the very first cycle when another begins anew.
func (j job) finished(since time.Time) bool {
	return j.Status.FirstDone.Year() > 1 && (j.Status.FirstDone.After(since) || j.Status.LastDone.After(since))
}

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

// Progress asks where the provisioning is.
func (r *Reader) Progress(ctx context.Context) (Progress, error) {
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
	p := Progress{Found: true, Started: j.state() == "Active", Finished: j.finished(), Code: j.Status.Code, Counted: j.counted(), Quarantine: j.why(), FirstDone: j.Status.FirstDone}
	if j.Status.Last != nil {
		p.Failing = j.Status.Last.Escrowed
	}
	return p, nil
}

// finished tells whether the first cycle has come to its end: Graph gives the
// first moment of the year 1 to what has not been.
func (j job) finished() bool { return j.Status.FirstDone.Year() > 1 }

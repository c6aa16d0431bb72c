package entra

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"ldap2scim/plan"
)

// logPage is the largest page of provisioning logs.
const logPage = 1000

// logRow is one row of the provisioning log, as far as it is used.
// Source: learn.microsoft.com/graph/api/resources/provisioningobjectsummary.
type logRow struct {
	At     time.Time `json:"activityDateTime"`
	Source struct {
		ID string `json:"id"`
	} `json:"sourceIdentity"`
	Action string `json:"provisioningAction"`
	Status struct {
		Status string `json:"status"`
		Error  *struct {
			Code     string `json:"errorCode"`
			Reason   string `json:"reason"`
			Category string `json:"errorCategory"`
			Remedy   string `json:"recommendedAction"`
		} `json:"errorInformation"`
	} `json:"provisioningStatusInfo"`
}

// provisioned is what became of one person or group in the service, and when.
type provisioned struct {
	plan.Provisioning
	at time.Time
}

// newest has, of each person and group, what the newest row says.
type newest map[plan.RemoteID]provisioned

// take takes a row. Of two of the same moment nobody knows which came later:
// the worse counts.
func (n newest) take(l logRow) {
	id, now := plan.RemoteID(l.Source.ID), provisioned{l.outcome(), l.At}
	if before, seen := n[id]; !seen || now.at.After(before.at) || now.at.Equal(before.at) && !now.Done {
		n[id] = now
	}
}

// outcome reads one row.
func (l logRow) outcome() plan.Provisioning {
	p := plan.Provisioning{Newest: strings.TrimSpace(strings.TrimSpace(l.Action) + " " + l.Status.Status)}
	if e := l.Status.Error; e != nil {
		p.Why = strings.TrimSpace(strings.Join([]string{e.Code, e.Reason, e.Remedy}, " "))
	}
	switch l.Status.Status {
	case "success", "warning":
		word, gone := map[string]string{"delete": "deleted", "disable": "disabled", "stagedDelete": "disabled"}[strings.TrimSpace(l.Action)]
		if p.Done = !gone; gone {
			p.Why = "Entra ID has " + word + " it in the service: it is out of scope, disabled or deleted in Entra ID"
		}
		return p
	case "skipped": // what is so already is nothing to do
		if strings.Contains(p.Why, "RedundantExport") || p.Why == "" {
			p.Done, p.Why = true, ""
			return p
		}
	}
	p.Why = l.Action + " " + l.Status.Status + ": " + p.Why
	return p
}

// Provisioned reads the provisioning log of the job, and returns what the
// newest row says of each person and group. The pages come at the rate that
// Microsoft allows, five in ten seconds. Without a job nothing is known.
//
// The function that it returns says of one object whether the service has it,
// or why not.
func (r *Reader) Provisioned(ctx context.Context) (of func(plan.RemoteID) plan.Provisioning, err error) {
	nothing := func(plan.RemoteID) plan.Provisioning {
		return plan.Provisioning{Why: "the provisioning is not started"}
	}
	r.own = nil
	t, err := r.tenant(ctx)
	if err != nil {
		return nil, err
	}
	j, found := t.job()
	if !found || j.state() != "Active" {
		return nothing, nil
	}
	unknown := "its first cycle is not over; ldap2scim watch waits for it"
	if j.finished(time.Time{}) {
		unknown = "the provisioning log has no row of it"
	}
	if why := j.why(); why != "" {
		unknown = why
	}
	rows := newest{}
	paced := pacedGraph{r.graph, rate.NewLimiter(rate.Every(2*time.Second), 1)}
	// No moment bounds what is read: a cycle has rows of what it changes, and
	// who was provisioned long ago has none later.
	path := "/auditLogs/provisioning?$filter=" + url.QueryEscape("jobId eq "+quote(j.ID)) + fmt.Sprintf("&$top=%d", logPage)
	if _, err := each(ctx, paced, r.patience, get(path), func(l logRow) error {
		rows.take(l)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read the provisioning log: %w", err)
	}
	return func(id plan.RemoteID) plan.Provisioning {
		if p, known := rows[id]; known {
			return p.Provisioning
		}
		return plan.Provisioning{Why: unknown}
	}, nil
}

// job is our job, when there is exactly one.
func (t *tenant) job() (job, bool) {
	var ours []job
	for _, j := range t.jobs {
		if j.Template == jobTemplate {
			ours = append(ours, j)
		}
	}
	if len(ours) != 1 {
		return job{}, false
	}
	return ours[0], true
}

// pacedGraph sends each request in its turn.
type pacedGraph struct {
	Graph
	limiter *rate.Limiter
}

func (g pacedGraph) Send(ctx context.Context, r Request) (Answer, error) {
	if err := g.limiter.Wait(ctx); err != nil {
		return Answer{}, fmt.Errorf("wait for the next turn: %w", err)
	}
	return g.Graph.Send(ctx, r)
}

package entra

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// job is a provisioning job. Of its status only what is used is read.
// Source: learn.microsoft.com/graph/api/resources/synchronization-synchronizationstatus.
type job struct {
	ID       string `json:"id"`
	Template string `json:"templateId"`
	Schedule struct {
		State string `json:"state"`
	} `json:"schedule"`
	Status struct {
		Code       string    `json:"code"`
		FirstDone  time.Time `json:"steadyStateFirstAchievedTime"`
		LastDone   time.Time `json:"steadyStateLastAchievedTime"`
		Quarantine *struct {
			Reason string    `json:"reason"`
			Began  time.Time `json:"currentBegan"`
			Next   time.Time `json:"nextAttempt"`
			Error  *struct {
				Code    string `json:"code"`
				Message string `json:"message"`
			} `json:"error"`
		} `json:"quarantine"`
		Last *execution `json:"lastExecution"`
		// Counts are of what was provisioned so far, by type.
		Counts []struct {
			Key   string `json:"key"`
			Value int    `json:"value"`
		} `json:"synchronizedEntryCountByType"`
		Troubleshooting string `json:"troubleshootingUrl"`
	} `json:"status"`
}

// execution is one cycle.
type execution struct {
	State    string    `json:"state"`
	Began    time.Time `json:"timeBegan"`
	Ended    time.Time `json:"timeEnded"`
	Entitled int       `json:"countEntitled"`
	Exported int       `json:"countExported"`
	Escrowed int       `json:"countEscrowed"`
}

// state is Active for a job that runs by itself.
func (j job) state() string { return cmp.Or(j.Schedule.State, "Disabled") }

// why says what is wrong with a job, or "".
func (j job) why() string {
	q := j.Status.Quarantine
	if q == nil || j.Status.Code != "Quarantine" {
		return ""
	}
	s := "in quarantine: " + reasons(q.Reason)
	if q.Error != nil && q.Error.Message != "" {
		s += " (" + q.Error.Message + ")"
	}
	if q.Next.Year() > 1 {
		s += "; Entra ID tries again at " + q.Next.UTC().Format(time.DateTime+"Z")
	}
	return s
}

// reasons explains why a job is in quarantine.
// Source: learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status.
func reasons(code string) string {
	switch code {
	case "EncounteredBaseEscrowThreshold", "EncounteredTotalEscrowThreshold", "EncounteredEscrowProportionThreshold":
		return "too many people or groups failed; see their rows in the provisioning log, mend the cause, and restart"
	case "EncounteredQuarantineException":
		return "the service could not be reached or refused the token; see that its address and token are right"
	case "TooManyDeletes":
		return "more would be deleted than the threshold allows; see whether that is meant, and allow or reject it in the portal"
	case "QuarantinedOnDemand":
		return "an administrator stopped it"
	}
	return cmp.Or(code, "no reason is given")
}

func jobsPath(principal string) string {
	return "/servicePrincipals/" + url.PathEscape(principal) + "/synchronization/jobs"
}

func jobPath(principal, id string) string {
	return jobsPath(principal) + "/" + url.PathEscape(id)
}

func schemaPath(principal, id string) string { return jobPath(principal, id) + "/schema" }

// isStatus tells whether an error is an answer with this status.
func isStatus(err error, status int) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == status
}

// counted says in words what a job has provisioned.
func (j job) counted() string {
	var parts []string
	for _, c := range j.Status.Counts {
		parts = append(parts, fmt.Sprintf("%d of %s", c.Value, c.Key))
	}
	return strings.Join(parts, ", ")
}

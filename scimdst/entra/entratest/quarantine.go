package entratest

import "time"

// quarantine is why a job is stopped.
type quarantine struct {
	reason        string
	began, series time.Time
	count         int
	next          time.Time
	code, message string
}

// close records how the cycle ended, and puts the job into quarantine if it
// has to be.
//
// Source: learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status
func (e *engine) close(failed *cycleError, t Thresholds) {
	j, failures, references := e.j, 0, 0
	for _, x := range j.escrows {
		if x.reference {
			references++
		} else {
			failures++
		}
	}
	e.run.escrowed, e.run.failure = failures+references, failed
	e.run.entitled = count(e.scope.users) + count(e.scope.groups)
	j.last = e.run
	most := failures > t.Most || failures+references > t.Most*3/2
	share := failures >= t.Least && failures*100 > t.Share*max(e.run.entitled, 1)
	switch {
	case failed != nil:
		e.run.state = "Failed"
		j.failures++
		reason := "EncounteredQuarantineException"
		if failed.code == "TooManyDeletes" {
			reason = "TooManyDeletes"
		}
		j.enter(reason, failed, e.now)
		return
	case most || share:
		e.run.state = "EntryLevelErrors"
		j.enter("EncounteredEscrowProportionThreshold", nil, e.now)
		return
	case e.run.escrowed > 0:
		e.run.state = "EntryLevelErrors"
	default:
		j.success = e.run
		if e.run.exported > 0 {
			j.exports = e.run
		}
	}
	j.failures, j.quarantine, j.initial, j.ran, j.force = 0, nil, false, true, false
	if j.firstSteady.IsZero() {
		j.firstSteady = e.now
	}
	j.lastSteady = e.now
}

// enter puts a job into quarantine, or keeps it there: it tries again after 6,
// 12 and 24 hours from the first failure, and then each day.
func (j *job) enter(reason string, failed *cycleError, now time.Time) {
	q := j.quarantine
	if q == nil {
		q = &quarantine{series: now, began: now}
	}
	q.reason, q.code, q.message = reason, "", ""
	if failed != nil {
		q.code, q.message = failed.code, failed.message
	}
	q.count++
	switch q.count {
	case 1:
		q.next = q.series.Add(6 * time.Hour)
	case 2:
		q.next = q.series.Add(12 * time.Hour)
	default:
		q.next = q.series.Add(time.Duration(q.count-2) * 24 * time.Hour)
	}
	j.quarantine = q
}

func count(set map[string]bool) int {
	n := 0
	for _, in := range set {
		if in {
			n++
		}
	}
	return n
}

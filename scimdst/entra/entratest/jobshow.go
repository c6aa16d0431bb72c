package entratest

import (
	"time"
)

// never is how Graph writes a time that has not come.
const never = "0001-01-01T00:00:00Z"

// show is the job as it is answered.
//
// Source: learn.microsoft.com/graph/api/synchronization-synchronizationjob-get
// and .../resources/synchronization-synchronizationstatus
func (j *job) show(p *principal) map[string]any {
	state := "Disabled"
	if j.active {
		state = "Active"
	}
	return map[string]any{
		"id": j.id, "templateId": "scim",
		"schedule":                   map[string]any{"expiration": nil, "interval": "PT40M", "state": state},
		"status":                     j.status(p),
		"synchronizationJobSettings": []any{map[string]any{"name": "QuarantineTooManyDeletesThreshold", "value": "500"}},
	}
}

// code is the state as a whole.
func (j *job) code(p *principal) string {
	switch {
	case p.secrets["BaseAddress"] == "":
		return "NotConfigured"
	case j.quarantine != nil:
		return "Quarantine"
	case !j.active:
		return "Paused"
	case !j.ran:
		return "NotRun"
	}
	return "Active"
}

func (j *job) status(p *principal) map[string]any {
	return map[string]any{
		"code": j.code(p), "countSuccessiveCompleteFailures": j.failures, "escrowsPruned": false, "progress": j.progress(),
		"lastExecution": j.last.show(), "lastSuccessfulExecution": j.success.show(), "lastSuccessfulExecutionWithExports": j.exports.show(),
		"quarantine": j.quarantine.show(), "synchronizedEntryCountByType": j.counts(), "troubleshootingUrl": nil,
		"steadyStateFirstAchievedTime": stampOrNever(j.firstSteady), "steadyStateLastAchievedTime": stampOrNever(j.lastSteady),
	}
}

// progress says something only while an initial cycle is under way.
//
// Source: learn.microsoft.com/graph/api/resources/synchronization-synchronizationprogress
func (j *job) progress() []any {
	if !j.active || j.ran || j.polls == 0 {
		return []any{}
	}
	return []any{map[string]any{"completedUnits": 0, "progressObservationDateTime": never, "totalUnits": 1, "units": "Objects"}}
}

func (j *job) counts() []any {
	count := map[string]int{}
	for _, l := range j.links {
		count[l.kind]++
	}
	list := []any{}
	for _, kind := range []string{"Group", "User"} {
		if count[kind] > 0 {
			list = append(list, map[string]any{"key": kind, "value": count[kind]})
		}
	}
	return list
}

// show is an execution, or null.
//
// Source: learn.microsoft.com/graph/api/resources/synchronization-synchronizationtaskexecution
func (e *execution) show() any {
	if e == nil {
		return nil
	}
	var failure any
	if e.failure != nil {
		failure = map[string]any{"code": e.failure.code, "message": e.failure.message, "tenantActionable": true}
	}
	return map[string]any{
		"activityIdentifier": e.id, "countEntitled": e.entitled, "countEntitledForProvisioning": e.entitled, "countEscrowed": e.escrowed,
		"countEscrowedRaw": e.escrowed, "countExported": e.exported, "countExports": e.exported, "countImported": e.imported,
		"countImportedDeltas": e.imported, "countImportedReferenceDeltas": 0, "error": failure, "state": e.state,
		"timeBegan": stamp(e.began), "timeEnded": stamp(e.ended),
	}
}

func (q *quarantine) show() any {
	if q == nil {
		return nil
	}
	var failure any
	if q.code != "" {
		failure = map[string]any{"code": q.code, "message": q.message, "tenantActionable": true}
	}
	return map[string]any{
		"currentBegan": stamp(q.began), "nextAttempt": stamp(q.next), "reason": q.reason, "seriesBegan": stamp(q.series),
		"seriesCount": q.count, "error": failure,
	}
}

func stampOrNever(t time.Time) string {
	if t.IsZero() {
		return never
	}
	return stamp(t)
}

package entratest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
)

const mostOnDemand = 5 // members of a group (learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand)

// reference names an object of the directory.
type reference struct {
	ObjectID       string `json:"objectId"`
	ObjectTypeName string `json:"objectTypeName"`
}

// demand is what is to be provisioned on demand.
type demand struct {
	RuleID   string `json:"ruleId"`
	Subjects []struct {
		reference
		Links struct {
			Members []reference `json:"members"`
		} `json:"links"`
	} `json:"subjects"`
}

// provisionOnDemand provisions one object at once, whether the job is active
// or not. It does not heed the flags of the tenant URL. What became of it is
// in two texts of JSON.
//
// Source: learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
func (s *Server) provisionOnDemand(ctx context.Context, c *call) (reply, error) {
	p, j, err := s.job(c)
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("parameters")
	if err != nil {
		return reply{}, err
	}
	var list []demand
	if err := into(given, "parameters", &list); err != nil {
		return reply{}, err
	}
	if len(list) != 1 || len(list[0].Subjects) != 1 || len(list[0].Subjects[0].Links.Members) > mostOnDemand {
		return reply{}, badRequest("One rule with one subject and at most %d members is provisioned on demand.", mostOnDemand)
	}
	i := slices.IndexFunc(j.schema.rules, func(r rule) bool { return r.ID == list[0].RuleID })
	if i < 0 {
		return reply{}, badRequest("There is no rule '%s'.", list[0].RuleID)
	}
	asked := list[0].Subjects[0]
	sub := s.world.subject(asked.ObjectID)
	if !sub.exists() || sub.kind() != asked.ObjectTypeName || sub.user != nil && sub.user.Deleted {
		return reply{}, notFound(asked.ObjectID)
	}
	m := mappingOf(j.schema.rules[i], sub.kind())
	if m == nil {
		return reply{}, badRequest("The rule has no mapping for %s.", sub.kind())
	}
	e, err := s.engine(p, j)
	if err != nil {
		return reply{}, demandProblem(err)
	}
	e.t.rfc = false
	o, err := e.onDemand(ctx, m, sub)
	var failed *cycleError
	if errors.As(err, &failed) {
		return reply{}, demandProblem(err)
	}
	if err != nil {
		return reply{}, err
	}
	if sub.group != nil {
		var ids []string
		for _, r := range asked.Links.Members {
			ids = append(ids, r.ObjectID)
		}
		if err := e.members(ctx, m, sub.group, append([]string{}, ids...)); err != nil {
			return reply{}, err
		}
	}
	e.log(sub, o)
	return s.demandReply(c, sub, o), nil
}

func demandProblem(err error) error {
	var failed *cycleError
	if errors.As(err, &failed) {
		return problem(http.StatusBadRequest, failed.code, "%s", failed.message)
	}
	return err
}

// onDemand refuses who is not in scope yet, or disabled.
func (e *engine) onDemand(ctx context.Context, m *objectMapping, s subject) (outcome, error) {
	assigned := e.inScope(s)
	for _, a := range e.p.assignments {
		if a.principal == s.id() && !e.w.seen(a.born) {
			assigned = false // it takes a while until an assignment is seen
		}
	}
	if !assigned {
		return outcome{action: "other", status: "skipped", code: "NotEffectivelyEntitled", reason: "The object is not assigned to the application."}, nil
	}
	if s.user != nil && s.user.Disabled {
		return outcome{action: "other", status: "skipped", code: "InactiveUser", reason: "The user is disabled in Azure Active Directory."}, nil
	}
	o, err := e.provision(ctx, m, s)
	var refused *objectError
	if errors.As(err, &refused) {
		o.status, o.code, o.reason = "failure", refused.code, refused.message
		e.fail(s.id(), refused, false)
		return o, nil
	}
	return o, err
}

func (s *Server) demandReply(c *call, sub subject, o outcome) reply {
	at := stamp(s.world.now())
	details := map[string]any{}
	if o.code != "" {
		details = map[string]any{"errorCode": o.code, "errorMessage": o.reason}
	}
	row := &logRow{outcome: o, kind: sub.kind(), name: sub.name(), display: sub.display(), source: sub.id()}
	steps := []any{}
	for _, step := range row.steps() {
		m := step.(map[string]any)
		m["type"], m["timestamp"] = m["provisioningStepType"], at
		delete(m, "provisioningStepType")
		steps = append(steps, m)
	}
	result := map[string]string{"success": "Success", "skipped": "Skipped", "failure": "Failure"}[o.status]
	info := map[string]any{"status": result, "errorCode": nil, "reason": nil, "additionalDetails": nil, "errorCategory": nil, "recommendedAction": nil}
	if o.status == "failure" {
		info["errorCode"], info["reason"] = o.code, o.reason
	}
	identity := func(id, kind string) map[string]any {
		return map[string]any{"id": textOrNull(id), "type": kind, "displayName": nil, "details": nil}
	}
	return jsonReply(http.StatusOK, map[string]any{
		"@odata.context": c.context("microsoft.graph.stringKeyStringValuePair"),
		"key":            inText(map[string]any{"result": result, "details": details}),
		"value": inText(map[string]any{
			"action": o.action, "changeId": s.world.newID("c4a09e00"), "startTime": at, "endTime": at, "modifiedProperties": row.modified(),
			"provisioningSteps": steps, "reportableIdentifier": sub.name(), "statusInfo": info,
			"sourceIdentity": identity(sub.id(), sub.kind()), "targetIdentity": identity(o.target, sub.kind()),
			"sourceSystem": map[string]any{"id": nil, "name": "Azure Active Directory", "details": nil},
			"targetSystem": map[string]any{"id": nil, "name": "customappsso", "details": nil},
		}),
	})
}

// inText is JSON as a text.
func inText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // unreachable: the value is made of texts
	}
	return string(b)
}

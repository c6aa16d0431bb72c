package entratest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// logRow is a row of the provisioning log.
type logRow struct {
	id, cycle, change string
	at                time.Time
	outcome           outcome
	kind, source      string
	name, display     string
	principal         *principal
	job               string
	tenant            string
	born              int
}

func (e *engine) log(s subject, o outcome) {
	e.w.logs = append(e.w.logs, &logRow{
		id: e.w.newID("10900000"), cycle: e.cycle, change: e.w.newID("c4a09e00"), at: e.now, outcome: o, kind: s.kind(), source: s.id(),
		name: s.name(), display: s.display(), principal: e.p, job: e.j.id, tenant: e.w.options.Tenant, born: e.w.asked,
	})
}

// logProperties are those of a row; its texts are compared with regard to
// case.
//
// Source: learn.microsoft.com/graph/api/resources/provisioningobjectsummary
func logProperties() []property[*logRow] {
	return []property[*logRow]{
		{"id", func(r *logRow) any { return r.id }, true, "eq", ""},
		{"activityDateTime", func(r *logRow) any { return stamp(r.at) }, true, "eq gt lt", ""},
		{"tenantId", func(r *logRow) any { return r.tenant }, true, "eq", ""},
		{"jobId", func(r *logRow) any { return r.job }, true, "eq contains", ""},
		{"cycleId", func(r *logRow) any { return r.cycle }, true, "eq", ""},
		{"changeId", func(r *logRow) any { return r.change }, true, "eq", ""},
		{"provisioningAction", func(r *logRow) any { return r.outcome.action }, true, "eq", ""},
		{"durationInMilliseconds", func(*logRow) any { return 100 }, true, "", ""},
		{"provisioningStatusInfo", func(r *logRow) any { return r.status() }, true, "", ""},
		{"provisioningSteps", func(r *logRow) any { return r.steps() }, true, "", ""},
		{"modifiedProperties", func(r *logRow) any { return r.modified() }, true, "", ""},
		{"servicePrincipal", func(r *logRow) any {
			return map[string]any{"id": r.principal.id, "displayName": r.principal.name}
		}, true, "", ""},
		{"sourceSystem", func(*logRow) any { return system("Azure Active Directory", nil) }, true, "", ""},
		{"targetSystem", func(r *logRow) any {
			return system("customappsso", map[string]any{
				"ApplicationId": r.principal.appID, "ServicePrincipalId": r.principal.id, "ServicePrincipalDisplayName": r.principal.name,
			})
		}, true, "", ""},
		{"initiatedBy", func(*logRow) any {
			return map[string]any{"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"}
		}, true, "", ""},
		{"sourceIdentity", func(r *logRow) any {
			return map[string]any{"id": r.source, "displayName": r.display, "identityType": r.kind, "details": r.details()}
		}, true, "", ""},
		{"targetIdentity", func(r *logRow) any {
			return map[string]any{"id": r.outcome.target, "displayName": r.display, "identityType": r.kind, "details": map[string]any{}}
		}, true, "", ""},
		{"sourceIdentity/id", func(r *logRow) any { return r.source }, false, "eq", ""},
		{"sourceIdentity/displayName", func(r *logRow) any { return r.display }, false, "eq contains", ""},
		{"targetIdentity/id", func(r *logRow) any { return r.outcome.target }, false, "eq", ""},
		{"servicePrincipal/id", func(r *logRow) any { return r.principal.id }, false, "eq", ""},
		{"provisioningStatusInfo/status", func(r *logRow) any { return r.outcome.status }, false, "eq", ""},
	}
}

func system(name string, details map[string]any) map[string]any {
	if details == nil {
		details = map[string]any{}
	}
	return map[string]any{"id": "5757e000-0000-4000-8000-000000000000", "displayName": name, "details": details}
}

func (r *logRow) details() map[string]any {
	if r.kind == "User" {
		return map[string]any{"id": r.source, "UserPrincipalName": r.name, "DisplayName": r.display, "odatatype": "User"}
	}
	return map[string]any{"id": r.source, "DisplayName": r.display, "odatatype": "Group"}
}

func (r *logRow) status() map[string]any {
	if r.outcome.status == "success" {
		return map[string]any{"status": "success", "errorInformation": nil}
	}
	return map[string]any{"status": r.outcome.status, "errorInformation": map[string]any{
		"errorCode": r.outcome.code, "reason": r.outcome.reason, "additionalDetails": nil, "errorCategory": "nonServiceFailure", "recommendedAction": nil,
	}}
}

func (r *logRow) steps() []any {
	step := func(name, kind, status, text string, details map[string]any) any {
		return map[string]any{"name": name, "provisioningStepType": kind, "status": status, "description": text, "details": details}
	}
	verb := map[string]string{"create": "Add", "update": "Update", "disable": "Update", "delete": "Delete", "other": "Skip"}[r.outcome.action]
	text := r.kind + " '" + r.name + "'"
	return []any{
		step("EntryImport", "import", "success", "Received "+text+" from Azure Active Directory", map[string]any{}),
		step("EntryExport"+verb, "export", r.outcome.status, strings.TrimSpace(text+": "+r.outcome.action+" "+r.outcome.reason), map[string]any{"ReportableIdentifier": r.name}),
	}
}

func (r *logRow) modified() []any {
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(r.outcome.values)) {
		list = append(list, map[string]any{"displayName": name, "oldValue": textOrNull(r.outcome.old[name]), "newValue": textOrNull(r.outcome.values[name])})
	}
	return list
}

// listLogs answers the newest rows first.
//
// Source: learn.microsoft.com/graph/api/provisioningobjectsummary-list
func (s *Server) listLogs(c *call) (reply, error) {
	f, err := filterOf(logProperties(), nil, c.option("$filter"))
	if err != nil {
		return reply{}, err
	}
	f.exact = true
	chosen, err := selectOf(logProperties(), nil, "")
	if err != nil {
		return reply{}, err
	}
	var rows []*logRow
	for _, r := range s.world.logs {
		if s.world.seen(r.born) {
			rows = append(rows, r)
		}
	}
	switch order := c.option("$orderby"); order {
	case "", "activityDateTime desc":
		slices.Reverse(rows)
	case "activityDateTime", "activityDateTime asc":
	default:
		return reply{}, &graphError{status: http.StatusBadRequest, code: "BadRequest", message: "The rows cannot be ordered by " + order, undocumented: true}
	}
	return list(c, listing{context: "auditLogs/provisioning", usual: 1000, most: 1000}, rows, f, chosen, nil)
}

package entra

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// SecretShown stands for the service's token wherever a request is shown.
const SecretShown = "{the service's token}"

// RequestsOf returns the requests of a step in the order in which they are
// sent, as far as they are known before. Several of one kind go out together,
// in a batch. An id that the tenant has yet to give stands as
// {id of <external id>}.
func (c Config) RequestsOf(s plan.Step, ids map[plan.ExternalID]plan.RemoteID) ([]Request, error) {
	b := builder{Config: c.WithDefaults(), step: s, ids: ids}
	switch {
	case s.Action == plan.Remove && (s.Kind == plan.Group || s.Object == Application):
		return b.single(http.MethodDelete, b.removed(), nil)
	case s.Kind == plan.Person && s.Action == plan.Update:
		return b.person()
	case s.Kind == plan.Group && len(s.Members) > 0:
		return b.members(s.Members)
	case s.Kind == plan.Group && s.Action != plan.Take:
		return b.group()
	case s.Kind == plan.Setting && s.Object == Role && s.Action == plan.AddMembers:
		return b.assign(s.Members)
	case s.Kind == plan.Setting:
		return b.setting()
	}
	return nil, fmt.Errorf("there is no request to Entra ID for %s %s %s", s.Action.Word(), s.Kind, s.Name)
}

type builder struct {
	Config
	step plan.Step
	ids  map[plan.ExternalID]plan.RemoteID
}

// id is the tenant's id of an object, or what stands for it.
func (b builder) id(of plan.ExternalID) string {
	if id := b.ids[of]; id != "" {
		return string(id)
	}
	return "{id of " + string(of) + "}"
}

// in is the same as a segment of a path.
func (b builder) in(of plan.ExternalID) string {
	if b.ids[of] == "" {
		return b.id(of)
	}
	return url.PathEscape(b.id(of))
}

func (b builder) jobPath() string {
	return "/servicePrincipals/" + b.in(Principal) + "/synchronization/jobs/" + b.in(Job)
}

func (b builder) request(method, path string, body any) (Request, error) {
	r := Request{Method: method, Path: path}
	if body == nil {
		return r, nil
	}
	var err error
	r.Body, err = encode(body)
	return r, err
}

func (b builder) single(method, path string, body any) ([]Request, error) {
	r, err := b.request(method, path, body)
	return []Request{r}, err
}

// person writes the custom attributes.
func (b builder) person() ([]Request, error) {
	body, numbered := map[string]any{}, map[string]any{}
	set := map[string]any{}
	for path, v := range b.step.After {
		set[path] = v
	}
	for _, path := range b.step.Clear {
		set[path] = nil
	}
	for path, v := range set {
		name, custom := strings.CutPrefix(path, plan.CustomURN)
		if !custom {
			return nil, fmt.Errorf("no %s of people is written to Entra ID", path)
		}
		switch store := b.store(name); {
		case store == DirectoryExtension:
			body[b.id(Extension(name))] = v
		case strings.HasPrefix(store, "extensionAttribute"):
			numbered[store] = v
		default:
			body[store] = v
		}
	}
	if len(numbered) > 0 {
		body["onPremisesExtensionAttributes"] = numbered
	}
	return b.single(http.MethodPatch, "/users/"+b.in(b.step.Object), body)
}

// group makes a security group, or gives one its name or our mark.
func (b builder) group() ([]Request, error) {
	body := map[string]any{}
	if name := b.step.After[plan.DisplayName]; name != "" {
		body["displayName"] = name
	}
	if b.step.Action == plan.Create || b.step.After[plan.ExternalIDPath] != "" {
		body["description"] = description(b.step.Object)
	}
	if b.step.Action != plan.Create {
		return b.single(http.MethodPatch, "/groups/"+b.in(b.step.Object), body)
	}
	body["mailEnabled"], body["securityEnabled"], body["mailNickname"] = false, true, nickname(b.step.Object)
	return b.single(http.MethodPost, "/groups", body)
}

// members adds by twenties, and takes away one by one.
func (b builder) members(members []plan.ExternalID) ([]Request, error) {
	path := "/groups/" + b.in(b.step.Object)
	var all []Request
	if b.step.Action == plan.Take {
		for _, m := range members {
			all = append(all, Request{Method: http.MethodDelete, Path: path + "/members/" + b.in(m) + "/$ref"})
		}
		return all, nil
	}
	for chunk := range slices.Chunk(members, bindMost) {
		var links []string
		for _, m := range chunk {
			links = append(links, b.Base()+"/directoryObjects/"+b.id(m))
		}
		r, err := b.request(http.MethodPatch, path, map[string]any{"members@odata.bind": links})
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// assign gives people and groups the role of the application.
func (b builder) assign(members []plan.ExternalID) ([]Request, error) {
	var all []Request
	for _, m := range members {
		r, err := b.request(http.MethodPost, "/servicePrincipals/"+b.in(Principal)+"/appRoleAssignedTo",
			map[string]string{"principalId": b.id(m), "resourceId": b.id(Principal), "appRoleId": b.id(Role)})
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// setting is what sets something of the application or its job.
func (b builder) setting() ([]Request, error) {
	application, principal := "/applications/"+b.in(Application), "/servicePrincipals/"+b.in(Principal)
	if name, extension := strings.CutPrefix(string(b.step.Object), string(Extension(""))); extension {
		return b.single(http.MethodPost, application+"/extensionProperties", map[string]any{"name": name, "dataType": "String", "targetObjects": []string{"User"}})
	}
	switch b.step.Object {
	case Application:
		return b.single(http.MethodPost, "/applicationTemplates/"+Template+"/instantiate", map[string]string{"displayName": b.Application})
	case Principal:
		return []Request{
			get(application + "?$select=id,appId"), get("/servicePrincipals?$filter=appId eq '{appId of " + string(Application) + "}'&$select=id,appId,displayName,notes,appRoles"),
			get("/servicePrincipals/" + b.id(Principal) + "/synchronization/templates"),
		}, nil
	case Role:
		return b.single(http.MethodGet, principal+"?$select=id,appRoles", nil)
	case Job:
		return b.single(http.MethodPost, principal+"/synchronization/jobs", map[string]string{"templateId": jobTemplate})
	case Secrets:
		return b.secrets(SecretShown, "", true)
	case Schema:
		return []Request{get(b.jobPath() + "/schema"), {Method: http.MethodPut, Path: b.jobPath() + "/schema", Shown: "the document that was read, with " + changed(b.step.After)}}, nil
	case Canary:
		return b.single(http.MethodPost, b.jobPath()+"/provisionOnDemand", map[string]any{"parameters": []any{map[string]any{
			"ruleId": b.id(Schema), "subjects": []any{map[string]string{"objectId": b.id(b.step.Members[0]), "objectTypeName": "User"}},
		}}})
	case Start:
		verb := "/pause"
		if b.step.After["state"] == "Active" {
			verb = "/start"
		}
		return b.single(http.MethodPost, b.jobPath()+verb, nil)
	}
	return nil, fmt.Errorf("there is no setting of Entra ID %s", b.step.Object)
}

// changed says in words what of the mapping changes.
func changed(rows plan.Fields) string {
	var parts []string
	for target, source := range rows.Sorted() {
		if target == unsupported {
			parts = append(parts, "the rows removed that the service does not know")
		} else {
			parts = append(parts, source+" for "+target)
		}
	}
	return strings.Join(parts, ", ")
}

type pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// rescoped tells whether the step changes who is in scope, after which the
// cycle begins anew: without that, who is out of scope now stays.
func (b builder) rescoped() bool {
	was, known := b.step.Before["SyncAll"]
	return known && b.step.After["SyncAll"] != "" && b.step.After["SyncAll"] != was
}

// anew lets the next cycle look at everybody again, as the portal's Restart
// does. Full would also forget which accounts are whose, and make deletions
// beyond the threshold.
// Source: learn.microsoft.com/graph/api/resources/synchronization-synchronizationjobrestartcriteria.
const anew = "Watermark, Escrows, QuarantineState"

// secrets tries the address and the token, puts them with the switches, begins
// the cycle anew where that is needed, and notes what was put.
func (b builder) secrets(token, notes string, restart bool) ([]Request, error) {
	credentials := []pair{{"BaseAddress", b.Service.URL}, {"SecretToken", token}}
	said := b.switches()
	put := slices.Clone(credentials)
	for _, name := range []string{"SyncNotificationSettings", "SyncAll", "SkipOutOfScopeDeletions"} {
		put = append(put, pair{name, said[name]})
	}
	said[digestKey] = tokenDigest(token)
	note, err := noted(notes, said)
	if err != nil {
		return nil, err
	}
	var all []Request
	add := func(method, path string, body any, shown string) {
		r, failed := b.request(method, path, body)
		if r.Shown = shown; shown == "" {
			r.Shown = strings.ReplaceAll(string(r.Body), token, SecretShown)
		}
		if all = append(all, r); failed != nil {
			err = failed
		}
	}
	add(http.MethodPost, b.jobPath()+"/validateCredentials", map[string]any{"useSavedCredentials": false, "credentials": credentials}, "")
	add(http.MethodPut, "/servicePrincipals/"+b.in(Principal)+"/synchronization/secrets", map[string]any{"value": put}, "")
	if b.rescoped() && restart {
		add(http.MethodPost, b.jobPath()+"/restart", map[string]any{"criteria": map[string]string{"resetScope": anew}}, "")
	}
	add(http.MethodPatch, "/servicePrincipals/"+b.in(Principal), map[string]string{"notes": note}, "the notes that were read, with what was put (the token as a digest)")
	return all, err
}

package entra

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// application is an application of the tenant, principal its service principal.
type application struct {
	ID          string `json:"id"`
	AppID       string `json:"appId"`
	DisplayName string `json:"displayName"`
	Template    string `json:"applicationTemplateId"`
}

type principal struct {
	ID          string `json:"id"`
	AppID       string `json:"appId"`
	DisplayName string `json:"displayName"`
	Notes       string `json:"notes"`
	Roles       []role `json:"appRoles"`
}

type role struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Enabled     bool   `json:"isEnabled"`
}

// noRole is the role of an application that has none.
const noRole = "00000000-0000-0000-0000-000000000000"

// role is the ID of the role that people and groups are given.
func (p principal) role() string {
	for _, r := range p.Roles {
		if r.Enabled && r.DisplayName == "User" {
			return r.ID
		}
	}
	return noRole
}

// tenant is what was found of the application.
type tenant struct {
	applications []application
	principals   []principal
	// extensions by the application's ID, in full.
	extensions map[string][]string
	jobs       []job
}

func applicationsPath(name string) string {
	return "/applications?$filter=" + url.QueryEscape("displayName eq "+quote(name)) + "&$select=id,appId,displayName,applicationTemplateId"
}

func principalsPath(appID string) string {
	return "/servicePrincipals?$filter=" + url.QueryEscape("appId eq "+quote(appID)) + "&$select=id,appId,displayName,notes,appRoles"
}

// templated are the applications of a name that can be provisioned.
func templated(all []application) []application {
	return slices.DeleteFunc(all, func(a application) bool { return a.Template != Template })
}

// tenant finds the application, once.
func (r *Reader) tenant(ctx context.Context) (*tenant, error) {
	if r.own != nil {
		return r.own, nil
	}
	t := &tenant{extensions: map[string][]string{}}
	found, err := all[application](ctx, r.graph, r.patience, get(applicationsPath(r.config.Application)))
	if err != nil {
		return nil, err
	}
	t.applications = templated(found)
	for _, a := range t.applications {
		p, err := all[principal](ctx, r.graph, r.patience, get(principalsPath(a.AppID)))
		if err != nil {
			return nil, err
		}
		t.principals = append(t.principals, p...)
		extensions, err := all[struct {
			Name string `json:"name"`
		}](ctx, r.graph, r.patience, get("/applications/"+url.PathEscape(a.ID)+"/extensionProperties"))
		if err != nil {
			return nil, err
		}
		for _, e := range extensions {
			t.extensions[a.ID] = append(t.extensions[a.ID], e.Name)
		}
	}
	if len(t.principals) == 1 {
		if t.jobs, err = r.jobs(ctx, t.principals[0].ID); err != nil {
			return nil, err
		}
	}
	r.own = t
	return t, nil
}

// listSettings lists what the rules have settings for.
func (r *Reader) listSettings(ctx context.Context, yield func(plan.Resource) error) (plan.Search, error) {
	s := plan.Search{Name: "settings"}
	r.own = nil // what was found before people were read may be old
	t, err := r.tenant(ctx)
	if err != nil {
		return s, err
	}
	var found []plan.Resource
	put := func(id plan.ExternalID, remote string, f plan.Fields) *plan.Resource {
		found = append(found, plan.Resource{Kind: plan.Setting, ExternalID: id, RemoteID: plan.RemoteID(remote), Fields: f})
		return &found[len(found)-1]
	}
	for _, a := range t.applications {
		put(Application, a.ID, plan.Fields{"displayName": a.DisplayName, "template": a.Template})
	}
	for _, p := range t.principals {
		put(Principal, p.ID, nil)
	}
	for _, name := range customs(r.rules.Person) {
		if full := t.extension(name); full != "" {
			put(Extension(name), full, plan.Fields{"dataType": "String"})
		}
	}
	for _, read := range []func(context.Context, *tenant, putter) error{r.listJob, r.listRequirements} {
		if err := read(ctx, t, put); err != nil {
			return s, err
		}
	}
	if len(t.principals) == 1 && r.config.Scope == "assigned" {
		role, err := r.assignments(ctx, t.principals[0])
		if err != nil {
			return s, err
		}
		found = append(found, role)
	}
	for _, res := range found {
		s.Entries++
		if err := yield(res); err != nil {
			return s, err
		}
	}
	return s, nil
}

// putter takes a setting that was found. What it returns may be completed until
// the next is put.
type putter func(id plan.ExternalID, remote string, f plan.Fields) *plan.Resource

// assignedPath lists who is assigned.
func assignedPath(principal string) string {
	return fmt.Sprintf("/servicePrincipals/%s/appRoleAssignedTo?$select=principalId,appRoleId&$top=%d", url.PathEscape(principal), pageMost)
}

type assignment struct {
	Principal string `json:"principalId"`
	Role      string `json:"appRoleId"`
}

// assignments is the role with those who have it.
func (r *Reader) assignments(ctx context.Context, p principal) (plan.Resource, error) {
	res := plan.Resource{Kind: plan.Setting, ExternalID: Role, RemoteID: plan.RemoteID(p.role())}
	_, err := each(ctx, r.graph, r.patience, get(assignedPath(p.ID)), func(a assignment) error {
		if a.Role == p.role() {
			res.Members = append(res.Members, plan.RemoteID(a.Principal))
		}
		return nil
	})
	slices.Sort(res.Members)
	res.Members = slices.Compact(res.Members)
	return res, err
}

// listJob lists the job with its switches, mapping and state.
func (r *Reader) listJob(ctx context.Context, t *tenant, put putter) error {
	for _, j := range t.jobs {
		if j.Template == jobTemplate {
			put(Job, j.ID, plan.Fields{"template": j.Template})
		}
	}
	if len(t.principals) != 1 {
		return nil
	}
	p := t.principals[0]
	if f, there, err := r.secrets(p.Notes); err != nil {
		return err
	} else if there {
		put(Secrets, "secrets", f)
	}
	ours := slices.DeleteFunc(slices.Clone(t.jobs), func(j job) bool { return j.Template != jobTemplate })
	if len(ours) != 1 {
		return nil
	}
	a, err := read(ctx, r.graph, r.patience, get(schemaPath(p.ID, ours[0].ID)))
	if err != nil {
		return err
	}
	doc, err := parseSchema(a.Body)
	if err != nil {
		return err
	}
	f := doc.rows()
	f[plan.FactDocument] = string(a.Body)
	for _, name := range customs(r.rules.Person) {
		if full := t.extension(name); full != "" && f[plan.CustomURN+name] == "["+full+"]" {
			f[plan.CustomURN+name] = "[" + string(Extension(name)) + "]"
		}
	}
	put(Schema, doc.rule, f).Version = documentDigest(a.Body)
	put(Start, "start", plan.Fields{"state": ours[0].state(), plan.FactWhy: ours[0].why()})
	return nil
}

// listRequirements lists what this program cannot set.
func (r *Reader) listRequirements(ctx context.Context, t *tenant, put putter) error {
	premium, err := r.premium(ctx)
	if err != nil {
		return err
	}
	put(Licence, "", plan.Fields{"premium": fmt.Sprint(premium)})
	synced, err := r.lastSync(ctx)
	if err != nil {
		return err
	}
	put(Sync, "", synced)
	return r.neighbours(ctx, t, put)
}

// The service plans of Entra ID Premium P1 and P2.
// Source: learn.microsoft.com/entra/identity/users/licensing-service-plan-reference.
func premiumPlans() []string {
	return []string{"41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"}
}

func (r *Reader) premium(ctx context.Context) (bool, error) {
	skus, err := all[struct {
		Status string `json:"capabilityStatus"`
		Plans  []struct {
			ID     string `json:"servicePlanId"`
			Status string `json:"provisioningStatus"`
		} `json:"servicePlans"`
	}](ctx, r.graph, r.patience, get("/subscribedSkus"))
	if err != nil {
		return false, err
	}
	for _, sku := range skus {
		if sku.Status != "Enabled" && sku.Status != "Warning" {
			continue
		}
		for _, p := range sku.Plans {
			if slices.Contains(premiumPlans(), p.ID) && p.Status == "Success" {
				return true, nil
			}
		}
	}
	return false, nil
}

// neighbours lists the other applications that are provisioned over SCIM. Where
// one writes to is known only of those that this program has set up: Graph
// does not show the addresses of the others.
func (r *Reader) neighbours(ctx context.Context, t *tenant, put putter) error {
	others, err := all[principal](ctx, r.graph, r.patience, get("/servicePrincipals?$filter="+url.QueryEscape("applicationTemplateId eq "+quote(Template))+fmt.Sprintf("&$select=id,appId,displayName,notes&$top=%d", pageMost)))
	if err != nil {
		return err
	}
	var same, unknown []string
	for _, p := range others {
		if slices.ContainsFunc(t.principals, func(own principal) bool { return own.ID == p.ID }) {
			continue
		}
		name := fmt.Sprintf("%s (service principal %s)", p.DisplayName, p.ID)
		switch jobs, err := r.jobs(ctx, p.ID); {
		case isStatus(err, http.StatusForbidden): // whether it is provisioned stays unknown
			name += ", whose provisioning is not shown without Synchronization.Read.All"
		case err != nil:
			return err
		case !slices.ContainsFunc(jobs, func(j job) bool { return j.state() == "Active" }):
			continue
		}
		switch noted := notesOf(p.Notes); {
		case noted == nil:
			unknown = append(unknown, name)
		case sameAddress(noted["BaseAddress"], r.config.Service.URL):
			same = append(same, name)
		}
	}
	for _, id := range []plan.ExternalID{Writers, Neighbours} {
		names := same
		if id == Neighbours {
			names = unknown
		}
		f := plan.Fields{"others": none}
		if len(names) > 0 {
			slices.Sort(names)
			f = plan.Fields{"others": fmt.Sprint(len(names)), plan.FactWhy: strings.Join(names, ", ")}
		}
		put(id, "", f)
	}
	return nil
}

// sameAddress compares two addresses of services, case of the host and a last
// slash aside.
func sameAddress(a, b string) bool {
	clean := func(s string) string {
		u, err := url.Parse(strings.TrimSuffix(s, "/"))
		if err != nil {
			return s
		}
		u.Host, u.RawQuery = strings.ToLower(u.Host), ""
		return u.String()
	}
	return clean(a) == clean(b)
}

// jobs are the provisioning jobs of a service principal, none where it cannot
// be provisioned.
func (r *Reader) jobs(ctx context.Context, principal string) ([]job, error) {
	jobs, err := all[job](ctx, r.graph, r.patience, get(jobsPath(principal)))
	if isStatus(err, http.StatusNotFound) {
		return nil, nil
	}
	return jobs, err
}

// organization is what the tenant says of its synchronisation.
type organization struct {
	Synced json.RawMessage `json:"onPremisesSyncEnabled"`
	Last   string          `json:"onPremisesLastSyncDateTime"`
}

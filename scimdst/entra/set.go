package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"ldap2scim/plan"
)

// once is how the writer reads: package migrate tries again.
func once() Patience { return Patience{Attempts: 1} }

// set sets one setting.
func (w *Writer) set(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, error) {
	b := builder{Config: w.config, step: s, ids: ids}
	var id string
	var err error
	switch {
	case s.Object == Application:
		id, err = w.makeApplication(ctx, b)
	case s.Object == Principal:
		id, err = w.findPrincipal(ctx, b)
	case s.Object == Role:
		var p principal
		p, err = one[principal](ctx, w.graph, once(), get("/servicePrincipals/"+b.in(Principal)+"?$select=id,appRoles"))
		id, err = p.role(), w.replicating(err, true)
	case s.Object == Job:
		id, err = w.makeJob(ctx, b)
	case s.Object == Secrets:
		id, err = "secrets", w.putSecrets(ctx, b)
	case s.Object == Schema:
		id, err = w.putSchema(ctx, b)
	case s.Object == Canary:
		id, err = string(ids[s.Members[0]]), w.onDemand(ctx, b)
	case s.Object == Start:
		id, err = "start", w.plain(ctx, b, nil)
	case strings.HasPrefix(string(s.Object), string(Extension(""))):
		var made struct {
			Name string `json:"name"`
		}
		err = w.plain(ctx, b, &made)
		id = made.Name
	default:
		err = fmt.Errorf("there is no setting of Entra ID %s", s.Object)
	}
	if err == nil && id == "" {
		err = fmt.Errorf("%s: the answer has no id", s.Name)
	}
	if err != nil {
		return plan.Outcome{}, err
	}
	return plan.Outcome{RemoteID: plan.RemoteID(id)}, nil
}

// plain sends what [Config.RequestsOf] has, and reads the answer into what.
func (w *Writer) plain(ctx context.Context, b builder, what any) error {
	requests, err := b.setting()
	if err != nil {
		return err
	}
	for _, r := range requests {
		a, err := w.send(ctx, r)
		if err != nil {
			return w.replicating(err, true)
		}
		if what == nil {
			continue
		}
		if err := json.Unmarshal(a.Body, what); err != nil {
			return fmt.Errorf("read the answer to %s %s: %w", r.Method, pathOf(r.Path), err)
		}
	}
	return nil
}

// makeApplication instantiates the template, unless somebody has: a second
// request would make a second application.
func (w *Writer) makeApplication(ctx context.Context, b builder) (string, error) {
	switch found, err := w.applications(ctx); {
	case err != nil:
		return "", err
	case len(found) == 1:
		return found[0].ID, nil
	case len(found) > 1:
		return "", &RefusedError{What: fmt.Sprintf("%d applications are called %s", len(found), b.Application), Advice: "Remove or rename all but one of them."}
	}
	var made struct {
		Application application `json:"application"`
	}
	err := w.plain(ctx, b, &made)
	return made.Application.ID, err
}

func (w *Writer) applications(ctx context.Context) ([]application, error) {
	found, err := all[application](ctx, w.graph, once(), get(applicationsPath(w.config.Application)))
	return templated(found), err
}

// findPrincipal waits for the service principal, and for what can be
// provisioned with it, which are seen some time after the application is made.
func (w *Writer) findPrincipal(ctx context.Context, b builder) (string, error) {
	a, err := one[application](ctx, w.graph, once(), get("/applications/"+b.in(Application)+"?$select=id,appId"))
	if err != nil {
		return "", w.replicating(err, true)
	}
	found, err := all[principal](ctx, w.graph, once(), get(principalsPath(a.AppID)))
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", &notYet{"the service principal of the application", w.config.soon()}
	}
	templates, err := all[object](ctx, w.graph, once(), get("/servicePrincipals/"+url.PathEscape(found[0].ID)+"/synchronization/templates"))
	if err != nil {
		return "", w.replicating(err, true)
	}
	for _, t := range templates {
		if t.ID == jobTemplate {
			return found[0].ID, nil
		}
	}
	if len(templates) == 0 {
		return "", &notYet{"what the application can be provisioned with", w.config.soon()}
	}
	return "", &RefusedError{What: "the application cannot be provisioned over SCIM", Advice: "It must be made from the template of non-gallery applications: rename it, or write another name under destination.entra.application."}
}

// makeJob makes the job, unless there is one.
func (w *Writer) makeJob(ctx context.Context, b builder) (string, error) {
	jobs, err := all[job](ctx, w.graph, once(), get(jobsPath(string(b.ids[Principal]))))
	if err != nil {
		return "", w.replicating(err, true)
	}
	for _, j := range jobs {
		if j.Template == jobTemplate {
			return j.ID, nil
		}
	}
	var made job
	err = w.plain(ctx, b, &made)
	return made.ID, err
}

// putSecrets lets Entra ID try the address and the token before it keeps them.
func (w *Writer) putSecrets(ctx context.Context, b builder) error {
	token, err := b.Service.Token()
	if err != nil {
		return err
	}
	p, err := one[principal](ctx, w.graph, once(), get("/servicePrincipals/"+b.in(Principal)+"?$select=id,notes"))
	if err != nil {
		return w.replicating(err, true)
	}
	restart := false
	if b.rescoped() {
		j, err := one[job](ctx, w.graph, once(), get(b.jobPath()))
		if err != nil {
			return err
		}
		restart = j.state() == "Active"
	}
	requests, err := b.secrets(token, p.Notes, restart)
	if err != nil {
		return err
	}
	for i, r := range requests {
		_, err := w.send(ctx, r)
		if e, answered := errors.AsType[*Error](err); i == 0 && answered && e.Status == http.StatusBadRequest {
			return &RefusedError{
				What:   "Entra ID cannot reach the service with this address and token: " + e.Message,
				Advice: "See destination.entra.service: the address and the token are those of the page User Provisioning; the token must not have run out.",
			}
		}
		if err != nil {
			return w.replicating(err, true)
		}
	}
	return nil
}

// ErrMoved: the attribute mapping was changed by somebody else.
var ErrMoved = errors.New("the attribute mapping is not the one that was planned against; plan again")

// putSchema changes the attribute mapping. It is put only if it is still the
// document that was changed.
func (w *Writer) putSchema(ctx context.Context, b builder) (string, error) {
	read := func() (Answer, error) {
		a, err := w.graph.Send(ctx, get(b.jobPath()+"/schema"))
		return a, w.replicating(err, true)
	}
	a, err := read()
	if err != nil {
		return "", err
	}
	if b.step.Version != "" && b.step.Version != documentDigest(a.Body) {
		return "", ErrMoved
	}
	s, err := parseSchema(a.Body)
	if err != nil {
		return "", err
	}
	body, err := s.with(b.rows())
	if err != nil {
		return "", err
	}
	again, err := read()
	if err != nil {
		return "", err
	}
	if string(again.Body) != string(a.Body) {
		return "", ErrMoved
	}
	_, err = w.send(ctx, Request{Method: http.MethodPut, Path: b.jobPath() + "/schema", Body: body})
	return s.rule, err
}

// rows are the rows that the step wants, with the extensions by their full
// names.
func (b builder) rows() plan.Fields {
	rows := plan.Fields{}
	for target, source := range b.step.After {
		if id, extension := b.ids[plan.ExternalID(strings.Trim(source, "[]"))]; extension {
			source = "[" + string(id) + "]"
		}
		rows[target] = source
	}
	return rows
}

// onDemand provisions one person now, and says why when that is not so.
func (w *Writer) onDemand(ctx context.Context, b builder) error {
	if err := w.demand.Wait(ctx); err != nil {
		return fmt.Errorf("wait for the next turn: %w", err)
	}
	requests, err := b.setting()
	if err != nil {
		return err
	}
	a, err := w.send(ctx, requests[0])
	if err != nil {
		return w.replicating(err, true)
	}
	return judged(a.Body)
}

// judged reads the answer to provisioning on demand, whose parts are JSON in
// texts.
// Source: learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand.
func judged(body []byte) error {
	var answer struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	var said struct {
		Result  string          `json:"result"`
		Details json.RawMessage `json:"details"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("read what became of provisioning on demand: %w", err)
	}
	if err := json.Unmarshal([]byte(answer.Key), &said); err != nil {
		return fmt.Errorf("read what became of provisioning on demand: %w", err)
	}
	if said.Result == "Success" || said.Result == "Skipped" && strings.Contains(answer.Key+answer.Value, "RedundantExport") {
		return nil
	}
	const most = 400
	why := string(said.Details)
	if why == "" || why == "null" {
		why = answer.Value
	}
	return &RefusedError{
		What:   "Entra ID did not provision the person (" + said.Result + "): " + why[:min(len(why), most)],
		Advice: "Mend what it says. Someone who was just assigned may not be in scope yet: send it again after some minutes.",
	}
}

package entratest

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
)

// outcome is what became of one object, for the log.
type outcome struct {
	action string // create, update, disable, delete, other
	status string // success, failure, skipped
	code   string
	reason string
	target string
	values map[string]string // what was sent
	old    map[string]string
}

// object provisions one object, and keeps what fails for the next cycle. Its
// error ends the cycle.
func (e *engine) object(ctx context.Context, m *objectMapping, s subject) error {
	if !e.due(s) {
		return nil
	}
	e.run.imported++
	o, err := e.provision(ctx, m, s)
	var refused *objectError
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	if refused != nil {
		o.status, o.code, o.reason = "failure", refused.code, refused.message
		e.fail(s.id(), refused, false)
	} else {
		delete(e.j.escrows, s.id())
	}
	if o.action != "other" && o.status == "success" {
		e.run.exported++
	}
	if o.action != "other" || e.initial || o.status == "failure" {
		e.log(s, o)
	}
	return nil
}

// due reports whether a cycle looks at the object: at everything in scope or
// linked. What did not change since costs no request.
func (e *engine) due(s subject) bool {
	return e.inScope(s) || e.j.links[s.id()] != nil
}

func (e *engine) fail(id string, refused *objectError, reference bool) {
	x := e.j.escrows[id]
	if x == nil {
		x = &escrow{}
		e.j.escrows[id] = x
	}
	x.code, x.reason, x.reference = refused.code, refused.message, reference
	x.times++
}

// provision finds the object's counterpart and creates or changes it.
func (e *engine) provision(ctx context.Context, m *objectMapping, s subject) (outcome, error) {
	l := e.j.links[s.id()]
	if l == nil {
		return e.first(ctx, m, s)
	}
	if !e.active(s) {
		return e.leave(ctx, m, s, l)
	}
	return e.update(ctx, m, s, l)
}

// first looks the object up in the target, by each matching attribute.
func (e *engine) first(ctx context.Context, m *objectMapping, s subject) (outcome, error) {
	want := m.want(s, e.inScope(s))
	for _, attribute := range m.matching() {
		if want[attribute] == "" {
			continue
		}
		found, err := e.t.search(ctx, s.endpoint(), attribute, want[attribute])
		if err != nil {
			return outcome{action: "other"}, err
		}
		if len(found) > 1 {
			return outcome{action: "other"}, &objectError{code: "DuplicateTargetEntries", message: "More than one object in the application matches by " + attribute + "."}
		}
		if len(found) == 1 {
			id, _ := found[0]["id"].(string)
			l := &link{id: id, kind: s.kind(), name: s.name(), sent: map[string]string{}, members: map[string]bool{}}
			for target := range want {
				if have := placeOf(target).get(found[0]); have != "" {
					l.sent[target] = have
				}
			}
			e.j.links[s.id()] = l
			return e.update(ctx, m, s, l)
		}
	}
	if !e.active(s) {
		return outcome{action: "other", status: "skipped", code: "NotEffectivelyEntitled", reason: "It is not active in the directory and not there in the application."}, nil
	}
	return e.create(ctx, m, s, want)
}

func (e *engine) create(ctx context.Context, m *objectMapping, s subject, want map[string]string) (outcome, error) {
	o := outcome{action: "create", status: "success", values: want}
	for _, attribute := range m.matching() {
		if want[attribute] == "" {
			return o, &objectError{code: "MandatoryFieldsMissing", message: "The matching attribute " + attribute + " has no value."}
		}
	}
	made, err := e.t.do(ctx, http.MethodPost, s.endpoint(), creation(s.kind(), want))
	if err != nil {
		return o, err
	}
	o.target, _ = made["id"].(string)
	if o.target == "" {
		return o, &objectError{code: "SystemForCrossDomainIdentityManagementServiceIncompatible", message: "The answer to a creation has no id."}
	}
	e.j.links[s.id()] = &link{id: o.target, kind: s.kind(), name: s.name(), sent: maps.Clone(want), members: map[string]bool{}}
	return o, nil
}

// update sends what differs from what the target was last known to have.
func (e *engine) update(ctx context.Context, m *objectMapping, s subject, l *link) (outcome, error) {
	want, once := m.want(s, e.inScope(s)), m.onCreate()
	changed := map[string]string{}
	for target, value := range want {
		if l.sent[target] != value && !once[target] {
			changed[target] = value
		}
	}
	o := outcome{action: "update", status: "success", target: l.id, values: changed, old: maps.Clone(l.sent)}
	if s.user != nil && want["active"] == "False" {
		o.action = "disable"
	}
	if len(changed) == 0 {
		o.action, o.status, o.code, o.reason = "other", "skipped", "RedundantExport", "The state in both systems already matches."
		return o, nil
	}
	_, err := e.t.do(ctx, http.MethodPatch, s.endpoint()+"/"+l.id, patchBody(e.t.change(changed, l.sent)))
	if e.lost(s, err) {
		return o, err
	}
	if err != nil {
		return o, err
	}
	maps.Copy(l.sent, changed)
	l.disabled = want["active"] == "False"
	return o, nil
}

// lost forgets the link to what is no longer there, so that the next cycle
// looks it up again.
func (e *engine) lost(s subject, err error) bool {
	var refused *objectError
	if !errors.As(err, &refused) || refused.status != http.StatusNotFound {
		return false
	}
	refused.code = "InvalidAnchor"
	delete(e.j.links, s.id())
	return true
}

// leave disables a person, and takes a group away, that is no longer in use.
func (e *engine) leave(ctx context.Context, m *objectMapping, s subject, l *link) (outcome, error) {
	if !e.leaves(s) {
		return outcome{action: "other", status: "skipped", code: "SkipOutOfScopeDeletions", reason: "It is out of scope, and those are not disabled.", target: l.id}, nil
	}
	if s.user != nil {
		return e.update(ctx, m, s, l)
	}
	o := outcome{action: "delete", status: "success", target: l.id}
	_, err := e.t.do(ctx, http.MethodDelete, s.endpoint()+"/"+l.id, nil)
	var refused *objectError
	if err != nil && (!errors.As(err, &refused) || refused.status != http.StatusNotFound) {
		return o, err
	}
	delete(e.j.links, s.id())
	return o, nil
}

// members adds and removes the members that changed. Only people in scope who
// have a counterpart are members; groups in groups are not. Those of a
// provisioning on demand are only the ones that were named.
func (e *engine) members(ctx context.Context, m *objectMapping, g *Group, only []string) error {
	l := e.j.links[g.ID]
	if l == nil || !e.scope.groups[g.ID] || !slices.Contains(m.targets(), "members") {
		return nil
	}
	want := map[string]bool{}
	var add, remove []string
	for _, t := range e.w.direct(g) {
		if t.user == nil || !e.active(subject(t)) || only != nil && !slices.Contains(only, t.user.ID) {
			continue
		}
		if u := e.j.links[t.user.ID]; u != nil {
			want[u.id] = true
			if !l.members[u.id] {
				add = append(add, u.id)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.members)) {
		if only == nil && !want[id] {
			remove = append(remove, id)
		}
	}
	if len(add)+len(remove) == 0 {
		return nil
	}
	o := outcome{action: "update", status: "success", target: l.id, values: map[string]string{"members": ""}}
	_, err := e.t.do(ctx, http.MethodPatch, "/Groups/"+l.id, patchBody(e.t.membership(add, remove)))
	var refused *objectError
	switch {
	case errors.As(err, &refused):
		o.status, o.code, o.reason = "failure", refused.code, refused.message
		e.fail(g.ID, refused, true)
	case err != nil:
		return err
	default:
		for _, id := range add {
			l.members[id] = true
		}
		for _, id := range remove {
			delete(l.members, id)
		}
		e.run.exported++
	}
	e.log(subject{group: g}, o)
	return nil
}

func (m *objectMapping) targets() []string {
	var list []string
	for _, a := range m.AttributeMappings {
		list = append(list, a.TargetAttributeName)
	}
	return list
}

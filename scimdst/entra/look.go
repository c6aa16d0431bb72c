package entra

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"ldap2scim/plan"
)

// documentDigest tells whether a document is the one that was read before.
func documentDigest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Look says whether a step is already so. What a second request would make a
// second time is looked for until it should be seen everywhere
// ([Config.Replication]).
func (w *Writer) Look(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	const first = 64 // the part of the whole time that is waited first; then twice as long each time
	out, f, err := w.look(ctx, s, ids)
	for wait := w.config.Replication / first; err == nil && f == plan.NotSo && doubles(s); wait *= 2 {
		if wait = w.left(s.ID, wait); wait <= 0 {
			break
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return out, f, ctx.Err()
		}
		out, f, err = w.look(ctx, s, ids)
	}
	return out, f, err
}

// doubles tells whether a second request would make a second one.
func doubles(s plan.Step) bool {
	if s.Kind == plan.Group {
		return s.Action == plan.Create
	}
	return s.Object == Application || s.Object == Job || strings.HasPrefix(string(s.Object), string(Extension("")))
}

// left takes at most so much of the time for which something may still be
// waited for. What this writer sent has its own; what an earlier one sent was
// made before this one began, so that all of it shares one.
func (w *Writer) left(id plan.StepID, wait time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, own := w.waited[id]; !own {
		id = ""
	}
	wait = min(wait, w.config.Replication-w.waited[id])
	w.waited[id] += wait
	return wait
}

// look asks once. That nothing is known of what was just made says no more than
// that it is not seen yet.
func (w *Writer) look(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (out plan.Outcome, f plan.Found, err error) {
	b := builder{Config: w.config, step: s, ids: ids}
	switch {
	case s.Action == plan.Try: // it can be tried again
	case s.Action == plan.Remove:
		there := false
		there, err = w.there(ctx, b)
		out, f = plan.Outcome{RemoteID: s.Remote}, found(!there)
	case len(s.Members) > 0:
		out, f, err = w.lookMembers(ctx, s, ids)
	case s.Kind == plan.Setting:
		out, f, err = w.lookSetting(ctx, b)
	case s.Kind == plan.Group && s.Action == plan.Create:
		out, f, err = w.lookGroup(ctx, s)
	default:
		var so bool
		so, err = w.holds(ctx, b)
		out, f = plan.Outcome{RemoteID: ids[s.Object]}, found(so)
	}
	return out, f, w.replicating(err, s.Remote == "")
}

func found(so bool) plan.Found {
	if so {
		return plan.AlreadySo
	}
	return plan.NotSo
}

// lookMembers asks for members one and all.
func (w *Writer) lookMembers(ctx context.Context, s plan.Step, ids map[plan.ExternalID]plan.RemoteID) (plan.Outcome, plan.Found, error) {
	there, err := w.memberSet(ctx, s, ids)
	if err != nil {
		return plan.Outcome{}, plan.NotSo, err
	}
	for _, m := range s.Members {
		if there[string(ids[m])] != (s.Action == plan.AddMembers) {
			return plan.Outcome{}, plan.NotSo, nil
		}
	}
	return plan.Outcome{RemoteID: ids[s.Object]}, plan.AlreadySo, nil
}

// lookGroup finds a group by its mark.
func (w *Writer) lookGroup(ctx context.Context, s plan.Step) (plan.Outcome, plan.Found, error) {
	groups, err := all[group](ctx, w.graph, once(), get("/groups?$filter="+url.QueryEscape("displayName eq "+quote(s.After[plan.DisplayName]))+"&$select=id,description"))
	if err != nil {
		return plan.Outcome{}, plan.NotSo, err
	}
	for _, g := range groups {
		if markedID(g.Description) == s.Object {
			return plan.Outcome{RemoteID: plan.RemoteID(g.ID)}, plan.AlreadySo, nil
		}
	}
	return plan.Outcome{}, plan.NotSo, nil
}

// holds tells whether a person or group has what the step sets.
func (w *Writer) holds(ctx context.Context, b builder) (bool, error) {
	if b.step.Kind == plan.Group {
		g, err := one[group](ctx, w.graph, once(), get("/groups/"+b.in(b.step.Object)+"?$select=id,displayName,description"))
		name, id := b.step.After[plan.DisplayName], b.step.After[plan.ExternalIDPath]
		return (name == "" || g.DisplayName == name) && (id == "" || string(markedID(g.Description)) == id), err
	}
	stores := map[string]string{}
	properties := []string{"id", "onPremisesExtensionAttributes"}
	for _, path := range slices.AppendSeq(slices.Clone(b.step.Clear), maps.Keys(b.step.After)) {
		name := strings.TrimPrefix(path, plan.CustomURN)
		stores[name] = b.store(name)
		if stores[name] == DirectoryExtension {
			stores[name] = b.id(Extension(name))
		}
	}
	properties = append(properties, extensionsIn(stores)...)
	u, err := one[user](ctx, w.graph, once(), get("/users/"+b.in(b.step.Object)+"?$select="+url.QueryEscape(strings.Join(properties, ","))))
	if err != nil {
		return false, err
	}
	for path, v := range b.step.After {
		if u.value(stores[strings.TrimPrefix(path, plan.CustomURN)]) != v {
			return false, nil
		}
	}
	for _, path := range b.step.Clear {
		if u.value(stores[strings.TrimPrefix(path, plan.CustomURN)]) != "" {
			return false, nil
		}
	}
	return true, nil
}

// lookSetting asks whether a setting is as the step sets it.
func (w *Writer) lookSetting(ctx context.Context, b builder) (out plan.Outcome, f plan.Found, err error) {
	id, so := "", false
	switch object := b.step.Object; {
	case object == Application:
		apps, err := w.applications(ctx)
		if err != nil || len(apps) > 1 {
			return out, plan.Foreign, err
		}
		if so = len(apps) == 1; so {
			id = apps[0].ID
		}
	case object == Job:
		jobs, err := all[job](ctx, w.graph, once(), get(jobsPath(string(b.ids[Principal]))))
		if err != nil {
			return out, plan.NotSo, err
		}
		for _, j := range jobs {
			if j.Template == jobTemplate {
				id, so = j.ID, true
			}
		}
	case object == Secrets:
		id = "secrets"
		so, err = w.lookSecrets(ctx, b)
	case object == Schema:
		id, so, err = w.lookSchema(ctx, b)
	case object == Start:
		j, err := one[job](ctx, w.graph, once(), get(b.jobPath()))
		if err != nil {
			return out, plan.NotSo, err
		}
		id, so = "start", (j.state() == "Active") == (b.step.After["state"] == "Active")
	case strings.HasPrefix(string(object), string(Extension(""))):
		id, so, err = w.lookExtension(ctx, b)
	default: // what only reads is done again
	}
	if err == nil && so {
		out.RemoteID = plan.RemoteID(id)
	}
	return out, found(so), err
}

func (w *Writer) lookExtension(ctx context.Context, b builder) (string, bool, error) {
	extensions, err := all[struct {
		Name string `json:"name"`
	}](ctx, w.graph, once(), get("/applications/"+b.in(Application)+"/extensionProperties"))
	for _, e := range extensions {
		if Extension(shortName(e.Name)) == b.step.Object {
			return e.Name, true, err
		}
	}
	return "", false, err
}

// lookSecrets goes by the notes, which are written last.
func (w *Writer) lookSecrets(ctx context.Context, b builder) (bool, error) {
	p, err := one[principal](ctx, w.graph, once(), get("/servicePrincipals/"+b.in(Principal)+"?$select=id,notes"))
	if err != nil {
		return false, err
	}
	token, err := b.Service.Token()
	if err != nil {
		return false, err
	}
	said := notesOf(p.Notes)
	for name, v := range b.switches() {
		if name != digestKey && said[name] != v {
			return false, nil
		}
	}
	return said[digestKey] == tokenDigest(token), nil
}

func (w *Writer) lookSchema(ctx context.Context, b builder) (string, bool, error) {
	a, err := w.graph.Send(ctx, get(b.jobPath()+"/schema"))
	if err != nil {
		return "", false, err
	}
	s, err := parseSchema(a.Body)
	if err != nil {
		return "", false, err
	}
	have := s.rows()
	for target, v := range b.rows() {
		if have[target] != v {
			return "", false, nil
		}
	}
	return s.rule, true, nil
}

package migrate

import (
	"context"
	"fmt"
	"slices"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// lacking is a step whose object or member has no id at the destination.
type lacking struct {
	object plan.ExternalID
	name   string
	state  checkpoints.State
}

func (l *lacking) result() checkpoints.Result {
	if l.state == checkpoints.Pending || l.state == checkpoints.Sending {
		return checkpoints.Result{State: checkpoints.Pending} // its turn has not come
	}
	return checkpoints.Result{State: checkpoints.Failed, Failure: plan.FailedLacking, Error: fmt.Sprintf("left: it needs %s (%s), which was not created", l.name, l.object)}
}

// resolve finds the destination's ids of the objects that a step is about. A
// step that is bound to the version that was planned against is bound to the
// one that an earlier step of the plan has made instead, also if that was sent
// by another process: what we did ourselves is no drift.
func (r *running) resolve(ctx context.Context, s *plan.Step) (map[plan.ExternalID]plan.RemoteID, *lacking, error) {
	if s.Version != "" {
		version, changed, err := r.File.VersionOf(context.WithoutCancel(ctx), r.plan.ID, s.Kind, s.Object)
		if err != nil {
			return nil, nil, err
		}
		if changed {
			s.Version = version
		}
	}
	if s.Action == plan.Create && len(s.Needs)+len(s.Members) == 0 {
		return nil, nil, nil
	}
	ids := make(map[plan.ExternalID]plan.RemoteID, len(s.Members)+1)
	var ask []plan.ExternalID
	find := func(object plan.ExternalID) {
		if id := r.ids.get(object); id != "" {
			ids[object] = id
		} else {
			ask = append(ask, object)
		}
	}
	switch {
	case s.Remote != "":
		ids[s.Object] = s.Remote
	case s.Action != plan.Create && s.Action != plan.Try: // what is tried may be nothing by itself
		find(s.Object)
	}
	for _, object := range slices.Concat(s.Needs, s.Members) {
		find(object)
	}
	if len(ask) == 0 {
		return ids, nil, nil
	}
	found, err := r.File.Remotes(context.WithoutCancel(ctx), r.plan, ask)
	if err != nil {
		return nil, nil, err
	}
	for _, object := range ask {
		known := found[object]
		if known.ID == "" {
			return nil, &lacking{object: object, name: r.File.NameOf(ctx, r.plan.ID)(object), state: known.State}, nil
		}
		ids[object] = known.ID
		r.ids.put(object, known.ID)
	}
	return ids, nil, nil
}

package checkpoints

import (
	"context"
	"fmt"
	"maps"

	"ldap2scim/plan"
)

// Known is what is known of the destination's id of a source object.
type Known struct {
	// ID is "" when there is none yet.
	ID plan.RemoteID
	// State is then what became of the step that would have given one, "" when
	// the plan has no such step.
	State State
}

// Remotes returns the destination's ids of source objects, as the inventory of
// the plan or the plan's own steps have given them, and else as the plan that
// this one undoes knows them. Each object is in the result.
func (f *File) Remotes(ctx context.Context, p Plan, objects []plan.ExternalID) (map[plan.ExternalID]Known, error) {
	all := make(map[plan.ExternalID]Known, len(objects))
	list, err := asJSON(objects)
	if err != nil {
		return nil, err
	}
	type row struct {
		object plan.ExternalID
		Known
	}
	for r, err := range each(ctx, f, func(s scanner) (r row, err error) { return r, s.Scan(&r.object, &r.ID, &r.State) },
		`SELECT o.value, CASE WHEN d.remote <> '' THEN d.remote WHEN j.state = 'done' THEN j.remote_id ELSE '' END,
				CASE WHEN s.seq IS NULL THEN '' ELSE `+stateOf+` END
			FROM json_each(?2) o
			LEFT JOIN decisions d ON d.plan = ?1 AND d.kind IN ('person', 'group', 'unit', 'setting') AND d.object = o.value
			LEFT JOIN steps s INDEXED BY steps_object ON s.plan = ?1 AND s.object = o.value AND s.action = '+'
			`+ofJournal, p.ID, list) {
		if err != nil {
			return nil, fmt.Errorf("look up the ids of %d objects: %w", len(objects), err)
		}
		if all[r.object].ID == "" {
			all[r.object] = r.Known
		}
	}
	if p.Undoes == 0 {
		return all, nil
	}
	var rest []plan.ExternalID
	for _, object := range objects {
		if all[object].ID == "" {
			rest = append(rest, object)
		}
	}
	if len(rest) == 0 {
		return all, nil
	}
	undone, err := f.PlanByID(ctx, p.Undoes)
	if err != nil {
		return nil, err
	}
	before, err := f.Remotes(ctx, undone, rest)
	maps.Copy(all, before)
	return all, err
}

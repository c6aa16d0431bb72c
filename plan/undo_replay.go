package plan

import (
	"fmt"
	"maps"
	"slices"
)

// replay carries out the object's steps on paper, and holds what comes out
// against what was before. It reads the journal's steps by itself, and shares no
// code with what made the new ones.
func (o undoing) replay() error {
	fail := func(what string) error { return fmt.Errorf("%s %s %s: %w", o.Kind, o.Name, what, ErrUnproven) }
	steps := o.memberSteps(1 << 30)
	if o.step != nil {
		steps = append(steps, *o.step)
	}
	switch o.class {
	case Left, Gone, Blocked, Unchanged:
		if len(steps) > 0 && !o.created || o.step != nil {
			return fail("is " + string(o.class) + " and has a step")
		}
		if o.class != Unchanged && len(o.findings) == 0 {
			return fail("is " + string(o.class) + ", and nothing says why")
		}
	case ToEmpty:
		if !o.created || len(o.take) == 0 {
			return fail("is to be emptied, and has nothing of ours")
		}
	case ToRestore, ToDeactivate, ToRemove:
		if len(steps) == 0 {
			return fail("is to be " + string(o.class) + "d, and has no step")
		}
	case ToCreate, ToUpdate, ToAdopt, Excluded:
		return fail("is of a class that no rollback has")
	}
	if o.Have == nil || o.class == Blocked || o.class == Left && o.code == ChangedSince && o.Have.ExternalID != "" && o.Have.ExternalID != o.Object {
		if len(steps) > 0 {
			return fail("is not ours to change, and has a step")
		}
		return nil
	}
	fields := maps.Clone(o.Have.Fields)
	if fields == nil {
		fields = Fields{}
	}
	fields[ExternalIDPath] = string(o.Have.ExternalID)
	for _, s := range steps {
		for path, v := range s.Before {
			if fields[path] != v && !same(path, fields[path], v) {
				return fail("has " + path + " otherwise than a step says")
			}
		}
		maps.Copy(fields, s.After)
		for _, path := range s.Clear {
			delete(fields, path)
		}
	}
	if o.created {
		return o.replayCreated(fields, fail)
	}
	reported := o.strange()
	before := map[string]string{}
	for _, s := range o.Sent {
		for _, path := range slices.Concat(slices.Collect(maps.Keys(s.Step.After)), s.Step.Clear) {
			if _, seen := before[path]; !seen {
				before[path] = s.Step.Before[path]
			}
		}
	}
	for path, was := range before {
		held := path == nameField(destinationKind(o.Kind)) && slices.ContainsFunc(o.findings, func(f Finding) bool { return f.Code == NameHeld })
		switch kept := fields[path] == o.now(path) && (slices.Contains(reported, path) || held); {
		case same(path, fields[path], was) || kept:
		default:
			return fail(fmt.Sprintf("ends with %s %q, and had %q", path, fields[path], was))
		}
	}
	return nil
}

func (o undoing) replayCreated(fields Fields, fail func(string) error) error {
	switch o.class {
	case ToDeactivate:
		if fields[Active] != "false" {
			return fail("stays active")
		}
	case ToRemove:
		if o.step.Action != Remove {
			return fail("stays")
		}
	case ToRestore:
		return fail("was created, and is to be restored")
	default:
	}
	return nil
}

package plan

import (
	"fmt"
	"maps"
	"slices"
)

// undoing is what becomes of one object that was touched.
type undoing struct {
	Touched
	class Class
	code  Code
	// was are the fields that the steps changed, as they were before, and left
	// as the steps left them; a path that is in one alone had no value in the
	// other. externalId is among them.
	was, left Fields
	created   bool
	// sure: what made it was answered.
	sure bool
	// phase is that of the step that is undone.
	phase    int
	step     *Step
	take     []ExternalID // to be taken out of the group again
	restore  []ExternalID // to be put into it again
	findings []Finding
}

// undo says what the steps on one object did, without looking at what is there.
func (u *undoer) undo(t Touched) undoing {
	o := undoing{Touched: t, was: Fields{}, left: Fields{}}
	for _, s := range t.Sent {
		if len(s.Step.Members) > 0 {
			continue
		}
		o.phase = max(o.phase, s.Step.Phase)
		if s.Step.Action == Create {
			o.created, o.sure = true, s.Done
			o.left[ExternalIDPath] = string(s.Step.Object)
		}
		if s.Step.Action == Remove {
			o.class = Left
		}
		for _, path := range slices.Concat(slices.Sorted(maps.Keys(s.Step.After)), s.Step.Clear) {
			_, known := o.left[path]
			_, before := o.was[path]
			if was, had := s.Step.Before[path]; had && !known && !before {
				o.was[path] = was
			}
			delete(o.left, path)
			if to, set := s.Step.After[path]; set {
				o.left[path] = to
			}
		}
	}
	return o
}

// outcome decides one object.
func (u *undoer) outcome(t Touched) undoing {
	o := u.undo(t)
	switch {
	case o.class == Left:
		o.find(NotUndone, Warn, "it was deleted, and nothing brings it back", "plan again, which makes it anew if the directory has it: ldap2scim plan")
	case u.sum.Cautious:
		o.block(InventoryIncomplete, "the destination's listing is incomplete; it is not known what is there", "make the rollback again when the service lists all that it has")
	case t.Have == nil && o.created && !o.sure:
		o.class = Unchanged // it never came to be
	case t.Have == nil:
		o.class = Gone
		o.find(Vanished, Note, "it is not at the destination any more", "nothing to do, unless it should be there")
	case t.Have.ExternalID != "" && t.Have.ExternalID != t.Object:
		o.class = Left
		o.find(ChangedSince, Warn, fmt.Sprintf("its externalId is %s now, which is not ours; left alone", quoted(string(t.Have.ExternalID))), "look who has taken it over")
	default:
		u.members(&o)
		if o.created {
			u.uncreate(&o)
		} else {
			u.revert(&o)
		}
	}
	return o
}

func (o *undoing) find(code Code, severity Severity, sentence, remedy string) {
	o.findings = append(o.findings, Finding{Code: code, Severity: severity, Sentence: sentence, Remedy: remedy})
	if o.class == Left || o.class == Gone || o.class == Blocked {
		o.code = code
	}
}

func (o *undoing) block(code Code, sentence, remedy string) {
	o.class = Blocked
	o.find(code, Block, sentence, remedy)
}

// now is what the object has under a path.
func (o undoing) now(path string) string {
	if path == ExternalIDPath {
		return string(o.Have.ExternalID)
	}
	return o.Have.Fields[path]
}

// paths are those that the steps changed, sorted.
func (o undoing) paths() []string {
	all := maps.Clone(o.was)
	maps.Copy(all, o.left)
	return slices.Sorted(maps.Keys(all))
}

// strange are the paths that are neither as the steps left them nor as they
// were before.
func (o undoing) strange() []string {
	return slices.DeleteFunc(o.paths(), func(path string) bool {
		now := o.now(path)
		return same(path, now, o.left[path]) || same(path, now, o.was[path]) && !o.created ||
			path == ExternalIDPath && o.created && now == ""
	})
}

// changed says what somebody else has changed.
func (o *undoing) changed(paths []string) {
	for _, path := range paths {
		o.find(ChangedSince, Warn, fmt.Sprintf("%s is %s now, and was left as %s; left alone", path, orNothing(o.now(path)), orNothing(o.left[path])),
			"see whether it is meant; if not, correct it at the destination by hand")
	}
}

func orNothing(value string) string {
	if value == "" {
		return nothing
	}
	return quoted(value)
}

// base is a step on the object as it is now.
func (o undoing) base(a Action, r Reason) *Step {
	return &Step{
		Action: a, Reason: r, Kind: destinationKind(o.Kind), Of: of(o.Kind), Object: o.Object, Name: o.Name,
		Remote: o.Have.RemoteID, Version: o.Have.Version,
	}
}

// uncreate ends what was made, if it is still as it was left.
func (u *undoer) uncreate(o *undoing) {
	strange := o.strange()
	if o.Kind == Person && slices.Equal(strange, []string{Active}) && o.now(Active) == "false" {
		o.class = Unchanged // somebody else has deactivated it
		if u.in.Created == RemoveCreated {
			strange = nil
		} else {
			return
		}
	}
	others := u.strangers(*o)
	switch {
	case len(strange) > 0:
		o.class = Left
		o.changed(strange)
	case u.in.Created == RemoveCreated && others > 0:
		o.class = Left
		o.find(ChangedSince, Warn, others.words()+"; it is not removed", "remove it by hand if it is not needed")
	case u.in.Created == RemoveCreated:
		o.class = ToRemove
		o.step = o.base(Remove, ReasonCreated)
		o.step.Hazard, o.step.Before = HazardRemoveCreated, Fields{}
		for path := range o.left {
			if now := o.now(path); now != "" {
				o.step.Before[path] = now
			}
		}
	case o.Kind == Person:
		o.class = ToDeactivate
		o.step = o.base(Take, ReasonCreated)
		o.step.Hazard, o.step.Before, o.step.After = HazardDeactivate, Fields{Active: "true"}, Fields{Active: "false"}
	default:
		o.class = Left
		if len(o.take) > 0 {
			o.class = ToEmpty
		}
		o.find(GroupStays, Note, "it was made, and stays, without the members that were added: a group cannot be deactivated", "rollback --remove-created removes it; see what the destination does to its members then")
	}
}

// revert gives back what each field was, where it is still as it was left.
func (u *undoer) revert(o *undoing) {
	strange := o.strange()
	step := o.base(Update, ReasonUndone)
	step.Before, step.After = Fields{}, Fields{}
	name := nameField(destinationKind(o.Kind))
	for _, path := range o.paths() {
		was, had := o.was[path]
		now := o.now(path)
		if slices.Contains(strange, path) || same(path, now, was) && (had || now == "") {
			continue
		}
		if path == name && u.names[step.Kind] != nil && u.names[step.Kind].blocked[o.Object] {
			o.find(NameHeld, Block, fmt.Sprintf("its %s was %s, which another object has now; left alone", name, quoted(was)),
				"rename or remove the other one, or let --remove-created remove it if this program made it, then make the rollback again")
			continue
		}
		step.Before[path] = now
		if had {
			step.After[path] = was
		} else {
			step.Clear = append(step.Clear, path)
		}
	}
	if len(step.Clear) > 0 {
		step.Hazard = HazardClear
	}
	if step.After[Active] == "false" {
		step.Hazard = HazardDeactivate
	}
	switch {
	case len(step.After)+len(step.Clear) > 0:
		step.Needs = u.in.Rules.Existing.needsOf(step)
		o.class, o.step = ToRestore, step
	case len(o.take)+len(o.restore) > 0:
		o.class = ToRestore
	case len(strange)+len(o.findings) > 0:
		o.class = Left
	default:
		o.class = Unchanged
	}
	o.changed(strange)
	if len(o.findings) > 0 { // what it is left with
		o.code = o.findings[0].Code
	}
}

// renames tells whether the step gives a name back.
func (o undoing) renames() bool {
	_, renamed := o.step.After[nameField(o.step.Kind)]
	return renamed
}

package plan

import (
	"fmt"
	"maps"
	"slices"
)

// ending is what becomes of the settings in a rollback that removes what was
// made: those that end are set so first, and what was made goes last.
type ending struct {
	first, last []Step
	decisions   []Decision
	findings    []Finding
}

// settings decides them, when everything else is decided.
func (u *undoer) settings() error {
	if u.in.Created != RemoveCreated || u.sum.Cautious || u.in.Inventory.Settings == nil {
		return nil
	}
	have := map[ExternalID][]Resource{}
	for r, err := range u.in.Inventory.Settings {
		if err != nil {
			return fmt.Errorf("read the inventory's resources of kind %s: %w", Setting, err)
		}
		have[r.ExternalID] = append(have[r.ExternalID], r)
	}
	touched := map[ExternalID]undoing{}
	err := u.each([]Kind{Setting}, func(t Touched) error {
		if all := have[t.Object]; len(all) == 1 {
			t.Have = &all[0]
		}
		touched[t.Object] = u.undo(t)
		return nil
	})
	if err != nil {
		return err
	}
	for _, rule := range u.in.Rules.Settings {
		if o, is := touched[rule.ID]; is && rule.Removed {
			u.removeSetting(rule, o, touched)
		}
	}
	for _, rule := range u.in.Rules.Settings {
		if o, is := touched[rule.ID]; is && rule.Ended != nil {
			u.endSetting(rule, o)
		}
	}
	for _, f := range u.ends.findings {
		if err := u.finding(f); err != nil {
			return err
		}
	}
	for _, d := range u.ends.decisions {
		if err := u.decision(d); err != nil {
			return err
		}
	}
	return nil
}

// endSetting sets one so that what was made can be removed, if it is as the plan
// has left it.
func (u *undoer) endSetting(rule SettingRule, o undoing) {
	d := Decision{Kind: Setting, Object: o.Object, Name: o.Name, Class: Unchanged}
	switch {
	case o.Have == nil:
		d.Class, d.Code = Gone, Vanished
		u.ends.say(o, Note, Vanished, "it is not at the destination any more", "nothing to do, unless it should be there")
	case len(o.strange()) == 0:
		before, after := differ(o.Have.Fields, rule.Ended)
		if len(after) == 0 {
			break
		}
		s := o.base(Update, ReasonUndone)
		s.Before, s.After, s.Needs = before, after, rule.Needs
		u.ends.first = append(u.ends.first, *s)
		d.Class = ToRestore
	}
	for _, s := range u.ends.last { // it goes with that
		if d.Class != Gone && slices.Contains(u.in.Rules.needing(s.Object), o.Object) {
			d.Class, d.Remote = ToRemove, o.Have.RemoteID
		}
	}
	u.ends.decisions = append(u.ends.decisions, d)
}

// removeSetting removes one that the plan made, and with it all that need it,
// if all of that is as the plan has left it.
func (u *undoer) removeSetting(rule SettingRule, o undoing, touched map[ExternalID]undoing) {
	d := Decision{Kind: Setting, Object: o.Object, Name: o.Name}
	left := func(code Code, sentence, remedy string) {
		d.Class, d.Code = Left, code
		u.ends.say(o, Warn, code, sentence, remedy)
	}
	strange := ""
	for _, with := range u.in.Rules.Settings {
		goes := with.ID == rule.ID || slices.Contains(u.in.Rules.needing(rule.ID), with.ID)
		if t, is := touched[with.ID]; is && goes && with.Ended == nil && t.Have != nil && strange == "" {
			t.created = false // what it was before counts as well
			if paths := t.strange(); len(paths) > 0 {
				strange = fmt.Sprintf("%s of %s is %s now, and was left as %s", paths[0], t.Name, orNothing(t.now(paths[0])), orNothing(t.left[paths[0]]))
			}
			if n := u.othersIn(t); n > 0 && strange == "" {
				strange = fmt.Sprintf("%s has %s whom this plan did not put there", t.Name, count(n, "member"))
			}
		}
	}
	const byHand = "see whether it is still needed; if not, remove it at the destination by hand"
	switch kept := u.values - u.cleared; {
	case !o.created:
		left(NotUndone, "it was there before, and stays, with all that was set up in it", byHand)
	case o.Have == nil && !o.sure:
		d.Class = Unchanged // it never came to be
	case o.Have == nil:
		d.Class, d.Code = Gone, Vanished
		u.ends.say(o, Note, Vanished, "it is not at the destination any more", "nothing to do, unless it should be there")
	case strange != "":
		left(ChangedSince, strange+"; it is not removed", byHand)
	case kept > 0:
		left(ChangedSince, count(kept, "value")+" of people would go with it that this plan did not write, or that were changed since; it is not removed", byHand)
	default:
		s := o.base(Remove, ReasonCreated)
		s.Hazard, s.Before, s.Needs = HazardRemoveCreated, Fields{}, u.in.Rules.neededBy(rule.ID)
		for path := range o.left {
			if now := o.now(path); now != "" && path != ExternalIDPath {
				s.Before[path] = now
			}
		}
		u.ends.last = append(u.ends.last, *s)
		d.Class, d.Remote = ToRemove, o.Have.RemoteID
	}
	u.ends.decisions = append(u.ends.decisions, d)
}

func (e *ending) say(o undoing, severity Severity, code Code, sentence, remedy string) {
	e.findings = append(e.findings, Finding{Code: code, Severity: severity, Kind: Setting, Object: o.Object, Name: o.Name, Sentence: sentence, Remedy: remedy})
}

// othersIn counts the members of a setting whom the plan did not put there.
func (u *undoer) othersIn(o undoing) int {
	ours := map[key]bool{}
	for _, s := range o.Sent {
		if s.Step.Action != AddMembers {
			continue
		}
		for _, id := range s.Step.Members {
			for _, known := range []map[key]key{u.people, u.groups} {
				if remote, is := known[u.keyOf(string(id))]; is {
					ours[remote] = true
				}
			}
		}
	}
	n := 0
	for _, m := range o.Have.Members {
		if !ours[u.keyOf(string(m))] {
			n++
		}
	}
	return n
}

// valuesOf counts the values that a person has in what a setting keeps.
func (x *Existing) valuesOf(f Fields) int {
	n := 0
	if x == nil {
		return n
	}
	for path, setting := range x.Writes {
		if setting != "" && f[path] != "" {
			n++
		}
	}
	return n
}

// clearedBy counts those of them that a step clears.
func (x *Existing) clearedBy(s *Step) int {
	if x == nil || s == nil {
		return 0
	}
	n := 0
	for _, path := range s.Clear {
		if x.Writes[path] != "" {
			n++
		}
	}
	return n
}

// needing are the settings that need another, or one that needs it.
func (r Rules) needing(id ExternalID) []ExternalID {
	with := map[ExternalID]bool{id: true}
	for _, s := range r.Settings { // what one needs comes before it
		if slices.ContainsFunc(s.Needs, func(n ExternalID) bool { return with[n] }) {
			with[s.ID] = true
		}
	}
	delete(with, id)
	return slices.Sorted(maps.Keys(with))
}

// neededBy are the settings that what is ended needs, and that go with another.
func (r Rules) neededBy(id ExternalID) []ExternalID {
	with := r.needing(id)
	var needs []ExternalID
	for _, s := range r.Settings {
		if s.Ended != nil && slices.Contains(with, s.ID) {
			needs = append(needs, s.Needs...)
		}
	}
	return needs
}

package plan

import (
	"fmt"
	"slices"
	"strings"
)

// setting is one of the rules' settings, decided.
type setting struct {
	rule SettingRule
	have []Resource
	// class and code are those of its decision; step is nil where nothing of
	// its own fields is set.
	class Class
	code  Code
	step  *Step
	// members are those that it has, by the destination's id.
	members map[RemoteID]bool
	// lacks are those who should become members, and strangers counts the
	// members of whom the plan knows nothing.
	lacks     *heldBy
	strangers int
	tried     bool
}

// entry is the setting as findings are about it.
func (s *setting) entry() Entry { return Entry{Kind: Setting, ID: s.rule.ID, DN: s.rule.Name} }

// settings decides the settings, before everything else is sent.
func (d *decider) decideSettings() error {
	if len(d.in.Rules.Settings) == 0 {
		return nil
	}
	have := map[ExternalID][]Resource{}
	if d.in.Inventory.Settings != nil {
		for r, err := range d.in.Inventory.Settings {
			if err != nil {
				return fmt.Errorf("read the inventory's resources of kind %s: %w", Setting, err)
			}
			have[r.ExternalID] = append(have[r.ExternalID], r)
		}
	}
	d.settings = map[ExternalID]*setting{}
	for _, rule := range d.in.Rules.Settings {
		s := &setting{rule: rule, have: have[rule.ID], members: map[RemoteID]bool{}}
		for _, h := range s.have {
			for _, m := range h.Members {
				s.members[m] = true
			}
		}
		d.settings[rule.ID] = s
		if err := d.decideSetting(s); err != nil {
			return err
		}
	}
	return nil
}

// decideSetting compares one setting with what the destination has.
func (d *decider) decideSetting(s *setting) error {
	block := func(code Code, sentence, remedy string) error {
		s.class, s.code = Blocked, code
		return d.finding(Finding{Code: code, Severity: Block, Sentence: sentence, Remedy: remedy}.about(s.entry()))
	}
	s.class = Unchanged
	var have Resource
	if len(s.have) > 0 {
		have = s.have[0]
	}
	before, after := differ(have.Fields, s.rule.Want)
	for _, need := range s.rule.Needs {
		if of := d.settings[need]; of.class == Blocked {
			s.class, s.code = Blocked, of.code
			return nil // what blocks it is said there
		}
	}
	switch base := (Step{Kind: Setting, Object: s.rule.ID, Name: s.rule.Name, Needs: s.rule.Needs, After: after}); {
	case s.rule.Unmet != nil:
		return d.unmet(s, have, after)
	case len(s.have) > 1:
		return block(Ambiguous, fmt.Sprintf("the destination has %d of it: %s", len(s.have), remotes(s.have)), "remove or rename all but one of them")
	case s.rule.Holds == Tries: // it has no fields and is nothing at the destination
	case len(s.have) == 0 && !d.in.Inventory.Proof.Complete:
		return block(InventoryIncomplete, "not seen at the destination, whose listing is incomplete; it may be there", "plan again when the service lists all that it has")
	case len(s.have) == 0:
		base.Action, base.Reason = Create, ReasonSettingMissing
		s.class, s.step = ToCreate, &base
	case len(after) > 0:
		base.Action, base.Reason, base.Remote, base.Version, base.Before = Update, ReasonSettingDiffers, have.RemoteID, have.Version, before
		s.class, s.step = ToUpdate, &base
	}
	return nil
}

// unmet says that a setting is not as it must be, and lets apply refuse where
// the rules say so.
func (d *decider) unmet(s *setting, have Resource, lacks Fields) error {
	if len(lacks) == 0 {
		return nil
	}
	u := *s.rule.Unmet
	if u.Severity == Block {
		s.class, s.code = Blocked, u.Code
	}
	if u.Hazard != "" {
		d.sum.Hazards[u.Hazard]++
	}
	sentence := u.Sentence
	if why := have.Fields[FactWhy]; why != "" {
		sentence += ": " + why
	}
	return d.finding(Finding{Code: u.Code, Severity: u.Severity, Sentence: sentence, Remedy: u.Remedy}.about(s.entry()))
}

func remotes(all []Resource) string {
	var ids []string
	for _, r := range all {
		ids = append(ids, string(r.RemoteID))
	}
	slices.Sort(ids)
	return strings.Join(ids, ", ")
}

// sendSettings sends the settings of a stage, each in a phase of its own.
func (d *decider) sendSettings(stage Stage, wave uint8) error {
	for _, rule := range d.in.Rules.Settings {
		s := d.settings[rule.ID]
		if s.step == nil || rule.Stage != stage {
			continue
		}
		if err := s.replay(); err != nil {
			return err
		}
		d.phase++
		if err := d.step(*s.step, wave); err != nil {
			return err
		}
	}
	return nil
}

// replay carries the step out on paper (law 1).
func (s *setting) replay() error {
	fields := Fields{}
	if len(s.have) == 1 {
		fields = merged(fields, s.have[0].Fields)
	}
	fields = merged(fields, s.step.After)
	for path, v := range s.rule.Want {
		if fields[path] != v {
			return fmt.Errorf("setting %s ends with %s %q: %w", s.rule.Name, path, fields[path], ErrUnproven)
		}
	}
	return nil
}

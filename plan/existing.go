package plan

import (
	"maps"
	"slices"
	"strings"
)

// Existing says of a destination that people are found there and not made, and
// that others decide what is known of them. Entra ID is one: its people come
// from Entra Connect, or are made by hand.
type Existing struct {
	// Where is the destination, and Maker says what makes people there, in
	// words.
	Where string `json:"where"`
	Maker string `json:"maker"`
	// Writes are the paths that are written to people, each with the setting
	// that must be there before, or "". Everything else that differs is a
	// finding (P01, P07).
	Writes map[string]ExternalID `json:"writes,omitempty"`
	// Reads are further paths that are compared with what is there, sorted. Of
	// any other nothing is known there.
	Reads []string `json:"reads,omitempty"`
	// Everybody says that people are provisioned whom the plan does not know.
	Everybody bool `json:"everybody,omitempty"`
}

func (x *Existing) needs() []ExternalID {
	if x == nil {
		return nil
	}
	var all []ExternalID
	for _, need := range x.Writes {
		if need != "" {
			all = append(all, need)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// found holds a person or group against what is there, where it is not ours to
// say what that is. It blocks, or makes of what is there what is wanted, with
// a finding for each difference. It comes before the step is made.
func (x *Existing) found(o *outcome) {
	w := &o.want
	if len(o.have) == 0 {
		if w.entry.Kind == Person && x != nil {
			w.block(NotThere, "nobody in "+x.Where+" is this person, and nobody is made there", x.Maker)
		}
		return
	}
	have := o.have[0]
	if why := have.Fields[FactUnfit]; why != "" {
		w.block(Unfit, "at the destination it is "+why+", which is not provisioned", "see what it should be there, then plan again")
		return
	}
	owner := have.Fields[FactOwner]
	if owner == "" && (x == nil || w.entry.Kind != Person) {
		return
	}
	wanted := maps.Clone(w.fields)
	for path, v := range wanted.Sorted() {
		_, ours := w.writes(x, path)
		if ours && owner == "" || path == Active || same(path, have.Fields[path], v) {
			continue
		}
		if x == nil || ours || slices.Contains(x.Reads, path) {
			x.differs(w, path, have.Fields[path], v, owner)
		}
		if held := have.Fields[path]; held != "" {
			w.fields[path] = held
		} else {
			delete(w.fields, path)
		}
	}
}

// renames tells whether the object that was found can be given another name.
func (x *Existing) renames(m *match) bool {
	if len(m.have) == 0 {
		return x == nil || m.want.entry.Kind != Person
	}
	f := m.have[0].Fields
	_, ours := m.want.writes(x, nameField(m.want.entry.Kind))
	return ours && f[FactOwner] == "" && f[FactUnfit] == ""
}

// writes tells whether a path is one that is written, and what must be there
// before.
func (w *want) writes(x *Existing, path string) (ExternalID, bool) {
	if x == nil || w.entry.Kind != Person {
		return "", true
	}
	need, ours := x.Writes[path]
	return need, ours
}

// differs says that somebody else must see to a field.
func (x *Existing) differs(w *want, path, held, wanted, owner string) {
	has := "has no value there"
	if held != "" {
		has = "is " + quoted(held) + " there"
	}
	_, ours := w.writes(x, path)
	switch {
	case path == UserName:
		w.block(Renamed, "the userName would be "+quoted(wanted)+" and "+has+": what is sent is what is there, by which the account is not found",
			"let both have the same value, or map userName from the attribute that holds the other; where the difference is meant, waive P01")
	case ours && owner != "":
		w.warn(Owned, Label(path)+" should be "+quoted(wanted)+" and "+has+"; only "+owner+" can write it",
			"let "+owner+" carry the attribute, then plan again")
	case owner != "" && w.entry.Kind == Group:
		w.warn(Owned, Label(path)+" is "+quoted(wanted)+" in the directory and "+has+"; only "+owner+" can write it",
			"correct it where "+owner+" takes it from")
	default:
		w.warn(Drift, Label(path)+" is "+quoted(wanted)+" in the directory and "+has+"; what is there is what is provisioned",
			"wait for the next synchronisation, or correct it where it is wrong")
	}
}

// needsOf are the settings that a step on a person takes ids of.
func (x *Existing) needsOf(s *Step) []ExternalID {
	if x == nil || s.Kind != Person {
		return nil
	}
	var needs []ExternalID
	for _, path := range slices.AppendSeq(slices.Clone(s.Clear), maps.Keys(s.After)) {
		if need := x.Writes[path]; need != "" {
			needs = append(needs, need)
		}
	}
	slices.Sort(needs)
	return slices.Compact(needs)
}

// locked tells why the members of a group cannot be changed, or "".
func locked(have []Resource) string {
	if len(have) == 0 {
		return ""
	}
	return have[0].Fields[FactOwner]
}

// lockedFinding says that a group's members are not those that are wanted and
// must be changed by somebody else.
func lockedFinding(owner string, missing, extra uint64) Finding {
	var parts []string
	if missing > 0 {
		parts = append(parts, count(int(missing), "member")+" missing")
	}
	if extra > 0 {
		parts = append(parts, count(int(extra), "member")+" too many")
	}
	return Finding{
		Code: GroupCheck, Severity: Warn,
		Sentence: "at the destination the group has " + strings.Join(parts, " and ") + "; only " + owner + " can change that",
		Remedy:   "wait for the next synchronisation, or correct the group where " + owner + " takes it from",
	}
}

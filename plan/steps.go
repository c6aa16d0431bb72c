package plan

// create makes the object.
func (o *outcome) create() {
	o.class = ToCreate
	o.step = &Step{Action: Create, Reason: ReasonMissing, After: o.want.fields}
	o.address()
}

// update changes the fields that differ.
func (o *outcome) update(have Resource) {
	before, after := differ(have.Fields, o.want.fields)
	if len(after) == 0 {
		o.class = Unchanged
		return
	}
	o.class = ToUpdate
	o.step = &Step{Action: Update, Reason: ReasonFieldsDiffer, Remote: have.RemoteID, Version: have.Version, Before: before, After: after}
	o.address()
}

// adopt gives an object that is nobody's our ID.
func (o *outcome) adopt(have Resource) {
	before, after := differ(have.Fields, o.want.fields)
	if after == nil {
		after = Fields{}
	}
	after[ExternalIDPath] = string(o.want.entry.ID)
	o.class, o.have = ToAdopt, []Resource{have}
	o.step = &Step{
		Action: Adopt, Reason: ReasonUnowned, Hazard: HazardAdopt,
		Remote: have.RemoteID, Version: have.Version, Before: before, After: after,
	}
	o.address()
}

// deactivate ends the access of somebody whom the directory has disabled.
func (d *decider) deactivate(o *outcome) {
	if d.sum.Cautious || len(o.have) != 1 || o.have[0].Fields[Active] != "true" {
		return
	}
	have := o.have[0]
	o.class = ToDeactivate
	o.step = &Step{
		Action: Take, Reason: ReasonDisabled, Hazard: HazardDeactivate, Remote: have.RemoteID, Version: have.Version,
		Before: Fields{Active: "true"}, After: Fields{Active: "false"},
	}
	o.address()
}

func (o *outcome) address() {
	e := o.want.entry
	o.step.Kind, o.step.Of, o.step.Object, o.step.Name = destinationKind(e.Kind), of(e.Kind), e.ID, o.want.name()
}

// differ returns the wanted fields that have lacks or holds otherwise, and
// what it holds there.
func differ(have, want Fields) (before, after Fields) {
	for path, w := range want {
		h, known := have[path]
		if same(path, h, w) {
			continue
		}
		if after == nil {
			before, after = Fields{}, Fields{}
		}
		after[path] = w
		if known {
			before[path] = h
		}
	}
	return before, after
}

// sameName compares without regard to case.
func sameName(a, b string) bool { return a == b || Fold(a) == Fold(b) }

// same compares as the schema does: userName and email without regard to case
// (RFC 7643 §4.1.1, §4.1.2), and an active that is not there as true.
func same(path, have, want string) bool {
	switch path {
	case UserName, WorkEmail:
		return sameName(have, want)
	case Active:
		return have == want || have == "" && want == "true"
	}
	return have == want
}

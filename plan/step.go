package plan

// Action says what a step does. The rune is also its symbol on screen.
type Action rune

const (
	// Create makes a person or group.
	Create Action = '+'
	// Update changes fields of a person or group.
	Update Action = '~'
	// Adopt writes our externalId, and the fields that differ, to an object
	// that exists and bears no externalId.
	Adopt Action = '='
	// AddMembers adds people to a group.
	AddMembers Action = '>'
	// Take takes something away: members of a group, or a person's active
	// state. The step's hazard says which.
	Take Action = '!'
	// Remove deletes a person or group that this program made. Only a rollback
	// that is told to has such steps.
	Remove Action = '-'
	// Try lets the destination do once, for the step's members, what it will
	// later do by itself. It changes nothing of ours.
	Try Action = '?'
)

// Word returns the verb that stands beside the symbol.
func (a Action) Word() string {
	switch a {
	case Create:
		return "create"
	case Update:
		return "update"
	case Adopt:
		return "adopt"
	case AddMembers:
		return "add members"
	case Take:
		return "take away"
	case Remove:
		return "remove"
	case Try:
		return "try"
	}
	return "unknown action " + string(a)
}

// MarshalText and UnmarshalText keep the symbol in JSON.
func (a Action) MarshalText() ([]byte, error) { return []byte(string(a)), nil }

// UnmarshalText sets a to the first rune of text.
func (a *Action) UnmarshalText(text []byte) error {
	for _, r := range string(text) {
		*a = Action(r)
		return nil
	}
	*a = 0
	return nil
}

// Hazard names a kind of step that must be allowed by name before it is sent.
type Hazard string

const (
	HazardAdopt         Hazard = "adopt"
	HazardRemoveMembers Hazard = "remove-members"
	HazardDeactivate    Hazard = "deactivate"
	// HazardClear: a value is removed, and nothing takes its place.
	HazardClear Hazard = "clear-values"
	// HazardRemoveCreated: something that this program made is deleted.
	HazardRemoveCreated Hazard = "remove-created"
	// HazardUnreconciled is of no step: a wave is sent before the one before it
	// was read back and found as it should be.
	HazardUnreconciled Hazard = "unreconciled-wave"
	// HazardChangeAppleID is counted beside the steps' own: a person whose
	// Managed Apple ID changes, when the rules let that warn (P10).
	HazardChangeAppleID Hazard = "change-managed-apple-id"
)

// Reason says why a step is in the plan, for people only.
type Reason string

const (
	ReasonMissing        Reason = "missing in the destination"
	ReasonFieldsDiffer   Reason = "attributes differ"
	ReasonUnowned        Reason = "exists without an externalId"
	ReasonMembersMissing Reason = "members missing in the destination"
	ReasonMembersExtra   Reason = "members not in the directory's group"
	ReasonDisabled       Reason = "disabled in the directory"
	// Those of a rollback.
	ReasonCreated        Reason = "made by the plan that is undone"
	ReasonUndone         Reason = "changed by the plan that is undone"
	ReasonAdded          Reason = "members added by the plan that is undone"
	ReasonTaken          Reason = "members taken by the plan that is undone"
	ReasonSettingMissing Reason = "not set up"
	ReasonSettingDiffers Reason = "set up otherwise"
	ReasonUnassigned     Reason = "not in the scope of the provisioning"
	ReasonCanary         Reason = "to be seen before everybody follows"
)

// StepID is the digest of a step's content.
type StepID string

// Step is one request that will be sent, and no more than one. It holds what
// to do and not how, so that it can be stored, counted and compared.
type Step struct {
	ID     StepID `json:"id"`
	Action Action `json:"action"`
	// Kind and Object say on what: a person, or a group, or the membership of
	// that group when Members is not empty.
	Kind   Kind       `json:"kind"`
	Object ExternalID `json:"object"`
	// Of is the kind of the source object where it is another: Unit for a
	// group that is made of a unit.
	Of Kind `json:"of,omitempty"`
	// Wave is the part of the plan that the step is in, or "" when the plan
	// has no parts.
	Wave string `json:"wave,omitempty"`
	// Phase orders the steps: those of one phase do not depend on each other,
	// but for the memberships of one group, and may be sent side by side;
	// those of the next wait for all of them.
	Phase int `json:"phase"`
	// Name is the object's userName or displayName, for display.
	Name   string `json:"name"`
	Reason Reason `json:"reason"`
	// Remote is the destination's id where the inventory had it. It is empty
	// for an object that the plan itself creates.
	Remote RemoteID `json:"remote,omitempty"`
	// Version is the destination's version of the object that was planned
	// against, or "".
	Version string `json:"version,omitempty"`
	// Before and After hold the fields that the step sets, and what they were.
	Before Fields `json:"before,omitempty"`
	After  Fields `json:"after,omitempty"`
	// Clear are the paths, sorted, whose value the step removes; Before has
	// what it was. Only a rollback has them: a blank in the source never clears.
	Clear []string `json:"clear,omitempty"`
	// Members are the people that the step adds to or takes from the group,
	// sorted. They need not exist at the destination yet.
	Members []ExternalID `json:"members,omitempty"`
	// Needs are further objects of which the step takes the destination's ids:
	// settings, as a rule.
	Needs []ExternalID `json:"needs,omitempty"`
	// Hazard is empty for a step that needs no leave.
	Hazard Hazard `json:"hazard,omitempty"`
}

// Source is the kind of the source object.
func (s Step) Source() Kind {
	if s.Of != "" {
		return s.Of
	}
	return s.Kind
}

// of is what [Step.Of] says for an object of kind k.
func of(k Kind) Kind {
	if k == Unit {
		return Unit
	}
	return ""
}

// destinationKind is the kind of what an object of kind k becomes.
func destinationKind(k Kind) Kind {
	if k == Unit {
		return Group
	}
	return k
}

// Outcome is what the destination answered to a step that was carried out.
type Outcome struct {
	RemoteID RemoteID `json:"remoteId,omitempty"`
	Version  string   `json:"version,omitempty"`
}

// Found is the answer to the question whether a step whose outcome is unknown
// is already so at the destination.
type Found int

const (
	// NotSo: the step did not arrive; it may be sent again.
	NotSo Found = iota
	// AlreadySo: the step arrived; its outcome is with the answer.
	AlreadySo
	// Foreign: something that is not ours stands in the way; a person must
	// look.
	Foreign
)

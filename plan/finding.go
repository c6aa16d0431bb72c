package plan

// Severity says what a finding does to the plan.
type Severity string

const (
	// Block: the object cannot be migrated as it is; it is left out.
	Block Severity = "block"
	// Warn: the object is migrated; a person should look.
	Warn Severity = "warn"
	// Note: worth knowing.
	Note Severity = "note"
)

// Finding is something that a person must know.
type Finding struct {
	Code     Code       `json:"code"`
	Severity Severity   `json:"severity"`
	Kind     Kind       `json:"kind,omitempty"`
	Object   ExternalID `json:"object,omitempty"`
	// Name is what a person calls the object: a DN, a userName.
	Name     string `json:"name,omitempty"`
	Sentence string `json:"sentence"`
	// Remedy says what to do.
	Remedy string `json:"remedy,omitempty"`
	// Waived is the reason for which the rules let a check warn that would
	// block, or "". The remedy says it too.
	Waived string `json:"waived,omitempty"`
}

// about returns f with e as its object.
func (f Finding) about(e Entry) Finding {
	f.Kind, f.Object, f.Name = e.Kind, e.ID, e.DN
	return f
}

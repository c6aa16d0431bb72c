package plan

import (
	"iter"
	"maps"
	"slices"
)

// Fields maps the SCIM path of a single-valued attribute to its value as text:
// userName, name.givenName, active ("true" or "false"),
// emails[type eq "work"].value, or an extension attribute by its full URN
// (urn:ietf:params:scim:schemas:extension:ivanti:2.0:User:costCode).
// A path that is absent is left as it is at the destination; no field is
// blank (blank never clears).
type Fields map[string]string

// Sorted iterates in the order of the paths.
func (f Fields) Sorted() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		paths := slices.AppendSeq(make([]string, 0, len(f)), maps.Keys(f))
		slices.Sort(paths)
		for _, path := range paths {
			if !yield(path, f[path]) {
				return
			}
		}
	}
}

// Paths that the planner itself knows.
const (
	UserName    = "userName"
	DisplayName = "displayName"
	GivenName   = "name.givenName"
	FamilyName  = "name.familyName"
	Active      = "active"
	WorkEmail   = `emails[type eq "work"].value`
	// ExternalIDPath is in a step's fields only where an existing object is
	// given our ID (adoption).
	ExternalIDPath = "externalId"
)

// Resource is one person or group as the destination holds it.
type Resource struct {
	Kind       Kind       `json:"kind"`
	RemoteID   RemoteID   `json:"remoteId"`
	ExternalID ExternalID `json:"externalId,omitempty"`
	// Version is meta.version (an ETag), or "".
	Version string `json:"version,omitempty"`
	Fields  Fields `json:"fields,omitempty"`
	// Members are a group's direct members, sorted, each once.
	Members []RemoteID `json:"members,omitempty"`
}

// Name returns what a person calls the resource: userName or displayName.
func (r Resource) Name() string {
	if r.Kind == Person {
		return r.Fields[UserName]
	}
	return r.Fields[DisplayName]
}

// Weight is for [PipeWeighed].
func (r Resource) Weight() int { return 1 + len(r.Members)/membersPerWeight }

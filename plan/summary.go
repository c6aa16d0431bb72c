package plan

// Summary counts a plan and names what it was made from.
type Summary struct {
	// Digest covers everything below and every step, finding and decision.
	Digest    Digest `json:"digest"`
	Snapshot  Digest `json:"snapshot"`
	Rules     Digest `json:"rules"`
	Inventory Digest `json:"inventory"`
	// Undoes is what a rollback undoes; nil for a plan from a snapshot.
	Undoes *Undone `json:"undoes,omitempty"`
	// Content covers the steps alone: two plans with the same content send
	// the same requests.
	Content Digest `json:"content"`
	// Objects counts the source objects by kind and class. Every object of
	// the snapshot is in it exactly once.
	Objects map[Kind]map[Class]int `json:"objects"`
	// Steps counts the requests that will be sent.
	Steps map[Action]int `json:"steps"`
	// Hazards counts the steps that must be allowed by name.
	Hazards map[Hazard]int `json:"hazards,omitempty"`
	// Findings counts by severity.
	Findings map[Severity]int `json:"findings,omitempty"`
	// Unexpected counts the destination's objects that the source does not
	// know. They are left alone.
	Unexpected map[Kind]int `json:"unexpected,omitempty"`
	// Prerequisites says how each stands that the rules need; Unmet are those
	// that are unknown, for which apply is refused.
	Prerequisites []Prerequired `json:"prerequisites,omitempty"`
	Unmet         []string      `json:"unmet,omitempty"`
	// Tenant is the digest of the vendor's records, where there were any.
	Tenant Digest `json:"tenant,omitempty"`
	// Accounts counts the vendor's records of people, where there were any.
	Accounts AccountCounts `json:"accounts,omitzero"`
	// CustomValues compares, for the people who are migrated, each custom
	// attribute with the value that the vendor has stored.
	CustomValues map[string]Comparison `json:"customValues,omitempty"`
	// AppleIDs counts what becomes of their Managed Apple IDs.
	AppleIDs AppleIDs `json:"managedAppleIds,omitzero"`
	// Waves counts the parts of the plan, in order, when it has any.
	Waves []WaveCount `json:"waves,omitempty"`
	// Direct counts the memberships that groups and units have themselves,
	// Flat those with the groups within.
	Direct   int      `json:"direct"`
	Flat     int      `json:"flat"`
	Estimate Estimate `json:"estimate"`
	// Cautious says that a read was incomplete and that steps were withheld.
	Cautious bool `json:"cautious,omitempty"`
}

// AccountCounts say how the directory's people were found among the vendor's
// accounts.
type AccountCounts struct {
	// Sources counts all accounts by source.
	Sources map[string]int `json:"sources,omitempty"`
	// ByID were found by their stable ID, ByName by the user ID alone; None
	// have no account yet. Those who are left out count too.
	ByID   int `json:"byId"`
	ByName int `json:"byName"`
	None   int `json:"none"`
	// Orphans are accounts of LDAP whom nobody in the directory has.
	Orphans int `json:"orphans"`
}

// Comparison counts people by whether the value that they get is the one that
// the vendor has stored. For Equal no certificate is issued again.
type Comparison struct {
	Equal   int `json:"equal"`
	Differs int `json:"differs"`
	Unknown int `json:"unknown"`
}

// AppleIDs counts the people whose Managed Apple ID stays and those for whom
// it changes.
type AppleIDs struct {
	Kept    int `json:"kept"`
	Changed int `json:"changed"`
}

// WaveCount is one part of a plan.
type WaveCount struct {
	Name     string `json:"name"`
	People   int    `json:"people"`
	Requests int    `json:"requests"`
}

// Requests returns the number of steps, each of which is one request.
func (s Summary) Requests() int {
	n := 0
	for _, c := range s.Steps {
		n += c
	}
	return n
}

// Total returns the number of source objects of one kind.
func (s Summary) Total(k Kind) int {
	n := 0
	for _, c := range s.Objects[k] {
		n += c
	}
	return n
}

// Class returns the number of source objects of every kind in class c.
func (s Summary) Class(c Class) int {
	n := 0
	for _, byClass := range s.Objects {
		n += byClass[c]
	}
	return n
}

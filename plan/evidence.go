package plan

import (
	"slices"
	"time"
)

// Bearing is what a piece of evidence says of a prerequisite.
type Bearing string

const (
	// Proves: the prerequisite is met.
	Proves Bearing = "proves"
	// Supports: it speaks for that, and by itself is not enough.
	Supports Bearing = "supports"
	// Contradicts: the prerequisite is not met.
	Contradicts Bearing = "contradicts"
	// Inconclusive: it was looked at, and says nothing either way.
	Inconclusive Bearing = "inconclusive"
)

// Evidence is what a machine has seen of a prerequisite.
type Evidence struct {
	Of Prerequisite `json:"of"`
	// Name is that of the LDAP server, where it is known.
	Name string `json:"name,omitempty"`
	// Kind is where it comes from: audit-trail, account-counts, canary,
	// unsupported-probe.
	Kind    string  `json:"kind"`
	Bearing Bearing `json:"bearing"`
	// At is the time that it tells of, Seen when it was gathered.
	At   time.Time `json:"at,omitzero"`
	Seen time.Time `json:"seen,omitzero"`
	// Sentence says what was seen.
	Sentence string `json:"sentence"`
	// Source is the file or interface, and Digest the SHA-256 of what came from
	// it, or "".
	Source string `json:"source,omitempty"`
	Digest Digest `json:"digest,omitempty"`
}

// newest returns the piece that tells of the latest time, among those with one
// bearing, or nil. Of two of one time the one that was seen last counts.
func newest(all []Evidence, of Prerequisite, b Bearing) *Evidence {
	var best *Evidence
	for i := range all {
		e := &all[i]
		if e.Of != of || e.Bearing != b {
			continue
		}
		if best == nil || e.At.After(best.At) || e.At.Equal(best.At) && !e.Seen.Before(best.Seen) {
			best = e
		}
	}
	return best
}

// weighed says how a prerequisite stands: by the newest proof or attestation,
// unless what contradicts it is later.
func (p Prerequired) weighed(said []Attestation, all []Evidence) Prerequired {
	p.Standing = Unknown
	a, proof, against := speaks(said, p), newest(all, p.Of, Proves), newest(all, p.Of, Contradicts)
	later := func(t time.Time) bool { return against == nil || !against.At.After(t) }
	switch {
	case a != nil && a.Proven && later(a.At):
		p.Standing, p.Attestation = Proven, a
	case proof != nil && later(proof.At):
		p.Standing, p.Evidence = Proven, proof
	case a != nil && later(a.At):
		p.Standing, p.Attestation = Attested, a
	default:
		p.Attestation, p.Evidence = a, against
	}
	p.Beside = beside(all, p)
	if p.Evidence != nil { // a plan is the same whenever it is gathered
		e := *p.Evidence
		e.Seen, e.Source = time.Time{}, ""
		p.Evidence = &e
	}
	return p
}

// beside are the newest of each kind that do not decide, by their kind.
func beside(all []Evidence, p Prerequired) []Evidence {
	var kinds []string
	for _, e := range all {
		if e.Of == p.Of && !slices.Contains(kinds, e.Kind) {
			kinds = append(kinds, e.Kind)
		}
	}
	slices.Sort(kinds)
	var rest []Evidence
	for _, kind := range kinds {
		var last *Evidence
		for i := range all {
			if e := &all[i]; e.Of == p.Of && e.Kind == kind && (last == nil || !e.Seen.Before(last.Seen)) {
				last = e
			}
		}
		if p.Evidence == nil || *last != *p.Evidence {
			e := *last
			e.At, e.Seen, e.Source = time.Time{}, time.Time{}, ""
			rest = append(rest, e)
		}
	}
	return rest
}

// ProofOf returns what proves a prerequisite, or nil when nothing does or
// something later contradicts it.
func ProofOf(of Prerequisite, all []Evidence) *Evidence {
	p := Prerequired{Of: of}.weighed(nil, all)
	if p.Standing != Proven {
		return nil
	}
	return p.Evidence
}

// Standings says how the plan's prerequisites stand by what is said and seen
// now.
func (s Summary) Standings(said []Attestation, seen []Evidence) []Prerequired {
	now := slices.Clone(s.Prerequisites)
	for i, p := range now {
		// Somebody at the destination who bears the attribute has proven it.
		if p.Standing != Proven || p.Evidence != nil || p.Attestation != nil && p.Attestation.Proven {
			now[i] = Prerequired{Of: p.Of, Name: p.Name}.weighed(said, seen)
		}
	}
	return now
}

package plan

import "strings"

// Proof says how a read of one side went. It is stored with what was read.
type Proof struct {
	// Complete is true when every search below was read to its end. Only the
	// package that did the reading may set it.
	Complete bool     `json:"complete"`
	Searches []Search `json:"searches"`
	// Learnt is what the side says of itself, in words or as JSON; "" when it
	// was not asked.
	Learnt string `json:"learnt,omitempty"`
}

// Search is one search of a directory, or the listing of one SCIM endpoint.
type Search struct {
	// Name says what was read: users, groups, units.
	Name string `json:"name"`
	// Request is the search in words that a person can repeat.
	Request string `json:"request"`
	Pages   int    `json:"pages"`
	Entries int    `json:"entries"`
	// Missing says why the search was not read to its end, in words. It is
	// empty when it was.
	Missing string `json:"missing,omitempty"`
}

// Why returns the reasons for which the read is incomplete, or "".
func (p Proof) Why() string {
	var why []string
	for _, s := range p.Searches {
		if s.Missing != "" {
			why = append(why, s.Name+": "+s.Missing)
		}
	}
	if len(why) == 0 && !p.Complete {
		return "nothing was read"
	}
	return strings.Join(why, "; ")
}

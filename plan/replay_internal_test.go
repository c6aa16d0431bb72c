package plan

import (
	"errors"
	"strings"
	"testing"
)

// TestReplayMembers: steps that lead to anybody else than those who are wanted,
// or that find somebody as they should leave them, are a bug.
func TestReplayMembers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		have, want, removed, added, taken string
		unproven                          bool
	}{
		"nobody":            {},
		"all new":           {want: "abc", added: "abc"},
		"all there":         {have: "abc", want: "abc"},
		"a stranger stays":  {have: "axz", want: "ab", removed: "x", added: "b", taken: "x"},
		"one is missing":    {want: "abc", added: "ac", unproven: true},
		"one too many":      {have: "a", want: "a", added: "b", unproven: true},
		"added twice":       {want: "a", added: "aa", unproven: true},
		"added and there":   {have: "a", want: "a", added: "a", unproven: true},
		"stays":             {have: "ab", want: "a", removed: "b", unproven: true},
		"taken and wanted":  {have: "ab", want: "ab", taken: "b", unproven: true},
		"taken and missing": {have: "a", want: "a", removed: "b", taken: "b", unproven: true},
		"nobody's member":   {added: "a", unproven: true},
		"in disorder":       {want: "ab", added: "ba", unproven: true},
	} {
		var people ids
		for letter := 'a'; letter <= 'z'; letter++ {
			people.add(ExternalID(letter))
		}
		var steps []Step
		for _, id := range idsOf(c.added) { // one for each, as a service may want it
			steps = append(steps, Step{Action: AddMembers, Members: []ExternalID{id}})
		}
		if c.taken != "" {
			steps = append(steps, Step{Action: Take, Members: idsOf(c.taken)})
		}
		if err := people.replayMembers(lettersOf(c.have), lettersOf(c.want), lettersOf(c.removed), steps); errors.Is(err, ErrUnproven) != c.unproven {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func idsOf(letters string) []ExternalID {
	var list []ExternalID
	for _, id := range strings.Split(letters, "") {
		list = append(list, ExternalID(id))
	}
	return list
}

func lettersOf(letters string) []uint32 {
	var list []uint32
	for _, letter := range letters {
		list = append(list, uint32(letter-'a'))
	}
	return list
}

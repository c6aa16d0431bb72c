package plan

import (
	"bytes"
	"slices"
)

// counts says how often keys were added. Almost all come once; when it is
// closed, it keeps those that came more often.
type counts struct {
	all  []key // until it is closed
	more map[key]int
}

func (c *counts) add(k key) { c.all = append(c.all, k) }

// close ends the adding.
func (c *counts) close() {
	slices.SortFunc(c.all, func(a, b key) int { return bytes.Compare(a[:], b[:]) })
	c.more = map[key]int{}
	for i := 1; i < len(c.all); i++ {
		if k := c.all[i]; k == c.all[i-1] {
			c.more[k] = max(c.more[k], 1) + 1
		}
	}
	c.all = nil
}

// of returns how often a key was added that was.
func (c *counts) of(k key) int { return max(c.more[k], 1) }

package main

import (
	"fmt"
	"time"
)

// window says when a run must end.
type window struct {
	longest time.Duration
	until   string // HH:MM
}

// end is the earlier of the two ends, or the zero time when there is none. An
// hour that is past stands for that of tomorrow.
func (w window) end(now time.Time) (time.Time, error) {
	var end time.Time
	if w.longest < 0 {
		return end, &adviceError{what: fmt.Sprintf("--max-duration %s is negative", w.longest), hint: "Give a duration such as 2h30m."}
	}
	if w.longest > 0 {
		end = now.Add(w.longest)
	}
	if w.until == "" {
		return end, nil
	}
	at, err := time.ParseInLocation("15:04", w.until, now.Location())
	if err != nil {
		return end, &adviceError{what: fmt.Sprintf("--until %s is not a time of day", w.until), hint: "Give it as HH:MM, such as 05:30."}
	}
	until := time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location())
	if !until.After(now) {
		until = until.AddDate(0, 0, 1)
	}
	if end.IsZero() || until.Before(end) {
		end = until
	}
	return end, nil
}

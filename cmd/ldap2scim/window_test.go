package main

import (
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 22, 30, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		w    window
		want string // how long from now; "" for no end, "!" for an error
	}{
		"none":          {window{}, ""},
		"duration":      {window{longest: time.Hour}, "1h0m0s"},
		"tonight":       {window{until: "23:00"}, "30m0s"},
		"tomorrow":      {window{until: "05:30"}, "7h0m0s"},
		"this minute":   {window{until: "22:30"}, "24h0m0s"},
		"the earlier":   {window{longest: time.Hour, until: "23:00"}, "30m0s"},
		"the earlier 2": {window{longest: time.Minute, until: "23:00"}, "1m0s"},
		"not a time":    {window{until: "25:00"}, "!"},
		"negative":      {window{longest: -1}, "!"},
	} {
		end, err := tt.w.end(now)
		got := ""
		switch {
		case err != nil:
			got = "!"
		case !end.IsZero():
			got = end.Sub(now).String()
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

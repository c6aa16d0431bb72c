package scimdst

import (
	"testing"
	"time"
)

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	const date = "Mon, 23 Nov 2026 17:00:00 GMT"
	for _, tc := range []struct {
		value, date string
		want        time.Duration
	}{
		{"", date, 0},
		{"0", date, 0},
		{"7", "", 7 * time.Second},
		{" 7 ", "", 7 * time.Second},
		{"1.5", "", 1500 * time.Millisecond},
		{"0.25", "", 250 * time.Millisecond},
		{"-3", "", 0},
		{"1e3", "", 0},
		{"inf", "", 0},
		{"0x10", "", 0},
		{".5", "", 0},
		{"soon", date, 0},
		{"99999999999999999999", "", longestWait},
		{"Mon, 23 Nov 2026 17:00:30 GMT", date, 30 * time.Second},
		{"Monday, 23-Nov-26 17:00:30 GMT", date, 30 * time.Second},
		{"Mon, 23 Nov 2026 16:00:00 GMT", date, 0},
		{"Mon, 23 Nov 2026 17:00:30 GMT", "", 0},
		{"Mon, 23 Nov 2099 17:00:30 GMT", date, longestWait},
	} {
		if got := parseRetryAfter(tc.value, tc.date); got != tc.want {
			t.Errorf("parseRetryAfter(%q, %q) = %s, want %s", tc.value, tc.date, got, tc.want)
		}
	}
}

func FuzzParseRetryAfter(f *testing.F) {
	for _, s := range []string{"1", "1.5", "1e999", "9999999999999999999999", "Mon, 23 Nov 2026 17:00:30 GMT", "١"} {
		f.Add(s, "Mon, 23 Nov 2026 17:00:00 GMT")
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		if d := parseRetryAfter(value, date); d < 0 || d > longestWait {
			t.Errorf("parseRetryAfter(%q, %q) = %s", value, date, d)
		}
	})
}

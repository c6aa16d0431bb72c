package ldapsrc

import (
	"testing"
	"time"
)

func TestGeneralizedTime(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"20260102030405Z":        "2026-01-02T03:04:05Z",
		"20260102030405.25Z":     "2026-01-02T03:04:05.25Z",
		"20260102030405,5Z":      "2026-01-02T03:04:05.5Z",
		"202601020304Z":          "2026-01-02T03:04:00Z",
		"202601020304.5Z":        "2026-01-02T03:04:30Z",
		"2026010203Z":            "2026-01-02T03:00:00Z",
		"2026010203.5Z":          "2026-01-02T03:30:00Z",
		"20260102030405+0130":    "2026-01-02T01:34:05Z",
		"20260102030405-05":      "2026-01-02T08:04:05Z",
		"20261231235960Z":        "2027-01-01T00:00:00Z",
		"000001010000Z":          "0000-01-01T00:00:00Z",
		"20240229000000Z":        "2024-02-29T00:00:00Z",
		"20230229000000Z":        "",
		"20261301000000Z":        "",
		"20260100000000Z":        "",
		"20260101240000Z":        "",
		"20260101006000Z":        "",
		"20260101000061Z":        "",
		"20260101000000":         "",
		"20260101000000z":        "",
		"20260101000000.Z":       "",
		"20260101000000Zx":       "",
		"20260101000000+1":       "",
		"20260101000000+9900":    "",
		"2026010100000Z":         "",
		"20260101000000 +0100":   "",
		"-0260101000000Z":        "",
		"":                       "",
		"Z":                      "",
		"20260101000000.5.5Z":    "",
		"20260101000000+01:00":   "",
		"2026010100000\u0660Z":   "",
		"99991231235959.999999Z": "9999-12-31T23:59:59.999999Z",
	} {
		got, err := generalizedTime(value)
		switch {
		case want == "" && err == nil:
			t.Errorf("%q: got %s, want an error", value, got)
		case want != "" && (err != nil || got.Format(time.RFC3339Nano) != want):
			t.Errorf("%q: got %s, %v, want %s", value, got.Format(time.RFC3339Nano), err, want)
		}
	}
}

// A time that is read and written as a generalized time in full is the same
// time again.
func FuzzGeneralizedTime(f *testing.F) {
	for _, s := range []string{"20260102030405Z", "2026010203.5+0130", "000001010000Z", "20261231235960Z", "20260102030405,25-05"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := generalizedTime(s)
		if err != nil {
			return
		}
		if got.Year() < 0 || got.Year() > 9999 {
			return // an offset leads out of the years that can be written
		}
		written := got.Format("20060102150405.000000000Z")
		again, err := generalizedTime(written)
		if err != nil {
			t.Fatalf("%q, written as %q: %v", s, written, err)
		}
		if d := again.Sub(got); d < -time.Microsecond || d > time.Microsecond {
			t.Errorf("%q: got %s, then %s", s, got, again)
		}
	})
}

package ldapsrc

import (
	"encoding/hex"
	"strings"
	"testing"

	"ldap2scim/plan"
)

func TestStableID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		attribute string
		values    []string
		want      plan.ExternalID
	}{
		{"entryuuid", []string{"56E42E10-7BB0-1041-9805-DB8F757B6062"}, "56e42e10-7bb0-1041-9805-db8f757b6062"},
		{"nsuniqueid", []string{"66446001-1DD211B2-66225011-2ee211db"}, "66446001-1dd211b2-66225011-2ee211db"},
		{"objectguid", []string{"\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"}, "00112233-4455-6677-8899-aabbccddeeff"},
		{"objectguid", []string{"{00112233-4455-6677-8899-AABBCCDDEEFF}"}, "00112233-4455-6677-8899-aabbccddeeff"},
		{"guid", []string{"\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"}, "33221100554477668899aabbccddeeff"},
		{"employeenumber", []string{" Ab12z "}, "Ab12z"},
		{"uid", []string{"a", "b"}, ""},
		{"uid", nil, ""},
		{"uid", []string{" "}, ""},
	} {
		if got := stableID(test.attribute, test.values); got != test.want {
			t.Errorf("stableID(%s, %q): got %q, want %q", test.attribute, test.values, got, test.want)
		}
	}
}

func FuzzGUID(f *testing.F) {
	f.Add([]byte("\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got := string(stableID("objectGUID", []string{string(b)}))
		if len(b) != 16 {
			return
		}
		digits, err := hex.DecodeString(strings.ReplaceAll(got, "-", ""))
		if err != nil || len(got) != 36 {
			t.Fatalf("%x: got %q, %v", b, got, err)
		}
		if back := guid([16]byte(digits)); strings.ReplaceAll(back, "-", "") != hex.EncodeToString(b) {
			t.Fatalf("%x: got %q, and turned back %q", b, got, back)
		}
	})
}

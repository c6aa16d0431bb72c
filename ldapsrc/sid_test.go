package ldapsrc

import (
	"encoding/binary"
	"strconv"
	"strings"
	"testing"
)

func TestSID(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"\x01\x05\x00\x00\x00\x00\x00\x05\x15\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\xff\xff\xff\xff\x01\x02\x00\x00": "S-1-5-21-1-2-4294967295-513",
		"\x01\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00":                                                                 "S-1-1-0",
		"\x01\x00\x01\x00\x00\x00\x00\x00":                                                                                 "S-1-1099511627776",
		"s-1-5-21-7":                                                                                                       "S-1-5-21-7",
		"S-1-":                                                                                                             "",
		"S-1-5-x":                                                                                                          "",
		"":                                                                                                                 "",
		"\x02\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00": "",
		"\x01\x02\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00": "",
		"\x01\xff\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00": "",
	} {
		if got, err := sid(value); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", value, got, err, want)
		}
	}
	if got := sibling("S-1-5-21-1-2-3-1104", "513"); got != "S-1-5-21-1-2-3-513" {
		t.Errorf("got %s", got)
	}
}

// The text of a SID holds all of it.
func FuzzSID(f *testing.F) {
	f.Add([]byte("\x01\x05\x00\x00\x00\x00\x00\x05\x15\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x01\x02\x00\x00"))
	f.Add([]byte("S-1-5-21"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text, err := sid(string(b))
		if err != nil || isSIDText(string(b)) {
			return
		}
		parts := strings.Split(text, "-")[2:]
		authority, err := strconv.ParseUint(parts[0], 10, 48)
		if err != nil {
			t.Fatal(err)
		}
		back := binary.BigEndian.AppendUint64(nil, authority)[2:]
		back = append([]byte{1, byte(len(parts) - 1)}, back...)
		for _, part := range parts[1:] {
			n, err := strconv.ParseUint(part, 10, 32)
			if err != nil {
				t.Fatal(err)
			}
			back = binary.LittleEndian.AppendUint32(back, uint32(n))
		}
		if string(back) != string(b) {
			t.Errorf("%x: got %s, which is %x", b, text, back)
		}
	})
}

package ldapsrc

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ldifRecords(text string) ([]record, error) {
	f := newLDIFFile("x", bufio.NewReader(strings.NewReader(text)))
	var all []record
	for {
		r, err := f.record()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		r.left = nil
		all = append(all, r)
	}
}

// printed writes records with every value in base64 and folded to three
// letters a line.
func printed(records []record) string {
	var b strings.Builder
	line := func(name, value string) {
		whole := name + ":: " + base64.StdEncoding.EncodeToString([]byte(value))
		for len(whole) > 3 {
			b.WriteString(whole[:3] + "\n ")
			whole = whole[3:]
		}
		b.WriteString(whole + "\n")
	}
	for _, r := range records {
		line("dn", r.dn)
		for _, name := range slices.Sorted(maps.Keys(r.attrs)) {
			for _, value := range r.attrs[name] {
				line(name, value)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// What was read, written in another form, is read as the same.
func FuzzLDIF(f *testing.F) {
	f.Add("dn: cn=a\ncn: b\ncn;lang-de:: Yg==\n\ndn:: Y249YQ==\nchangetype: add\nx: y\n z\n# c\n c\n\n")
	f.Add("version: 1\ndn:\nmember;range=0-1: a\n\nsearch: 1\nresult: 4 x\n")
	f.Add("ref: x\n\n# refldap\n\r\n dn: x")
	f.Add("dn: a\nb:< c")
	f.Fuzz(func(t *testing.T, text string) {
		records, err := ldifRecords(text)
		if err != nil {
			return
		}
		for _, r := range records {
			for name := range r.attrs {
				// Such a name would be a comment, or folded away.
				if strings.ContainsAny(name, "\n\r") || strings.HasPrefix(name, "#") || strings.HasPrefix(name, " ") {
					return
				}
			}
		}
		again, err := ldifRecords(printed(records))
		if err != nil {
			t.Fatalf("%q: %v", printed(records), err)
		}
		if diff := cmp.Diff(records, again, cmp.AllowUnexported(record{})); diff != "" {
			t.Error(diff)
		}
	})
}

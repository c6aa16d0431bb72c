package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"ldap2scim/ldapsrc/ldaptest"
)

// startDirectory is "directory FILE [KEY=VALUE]...": a directory with the
// entries of an LDIF file below dc=example,dc=com and the reader of the
// configuration. The key is size-limit. It sets LDAP_URL and LDAPS_URL, and
// writes ca.pem and, of another authority, other-ca.pem.
func startDirectory(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: directory FILE [KEY=VALUE]...")
	}
	options, err := pairs(args[1:])
	ts.Check(err)
	entries, err := parseLDIF(ts.ReadFile(args[0]))
	ts.Check(err)
	d := ldaptest.Directory{Entries: append(exampleRoot(scriptPassword), entries...)}
	if limit := options["size-limit"]; limit != "" {
		d.SizeLimit, err = strconv.Atoi(limit)
		ts.Check(err)
	}
	w := worldOf(ts)
	w.directory, err = ldaptest.Start(d)
	ts.Check(err)
	ts.Setenv("LDAP_URL", w.directory.URL())
	ts.Setenv("LDAPS_URL", w.directory.LDAPSURL())
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), w.directory.CAPEM(), 0o600))
	other, err := ldaptest.Start(ldaptest.Directory{})
	ts.Check(err)
	ts.Check(other.Close())
	ts.Check(os.WriteFile(ts.MkAbs("other-ca.pem"), other.CAPEM(), 0o600))
}

// exampleRoot is the suffix of the test directories, and who may read them.
func exampleRoot(password string) []ldaptest.Entry {
	return []ldaptest.Entry{
		{DN: "dc=example,dc=com", Attrs: map[string][]string{"objectClass": {"dcObject"}, "dc": {"example"}}},
		{DN: "cn=reader,dc=example,dc=com", Attrs: map[string][]string{
			"objectClass": {"organizationalRole"}, "cn": {"reader"}, "userPassword": {password},
		}},
	}
}

// ldapmodify is "ldapmodify DN ATTRIBUTE=VALUE...": the values, of which there
// may be several with one name, take the place of those that were there. An
// empty value removes the attribute.
func ldapmodify(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: ldapmodify DN ATTRIBUTE=VALUE...")
	}
	attrs := map[string][]string{}
	for _, arg := range args[1:] {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			ts.Fatalf("%q is not ATTRIBUTE=VALUE", arg)
		}
		attrs[name] = append(attrs[name], value)
		if value == "" {
			attrs[name] = nil
		}
	}
	ts.Check(worldOf(ts).directory.Modify(args[0], attrs))
}

// ldapadd is "ldapadd FILE".
func ldapadd(ts *testscript.TestScript, _ bool, args []string) {
	entries, err := parseLDIF(ts.ReadFile(args[0]))
	ts.Check(err)
	for _, e := range entries {
		ts.Check(worldOf(ts).directory.Add(e))
	}
}

// ldapdelete is "ldapdelete DN".
func ldapdelete(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(worldOf(ts).directory.Delete(args[0]))
}

// ldapfault is "ldapfault hang-up PAGE AFTER", or "ldapfault heal".
func ldapfault(ts *testscript.TestScript, neg bool, args []string) {
	d := worldOf(ts).directory
	switch {
	case len(args) == 1 && args[0] == "heal":
		d.Break()
	case !neg && len(args) == 3 && args[0] == "hang-up":
		page, err1 := strconv.Atoi(args[1])
		after, err2 := strconv.Atoi(args[2])
		ts.Check(err1)
		ts.Check(err2)
		d.Break(ldaptest.Fault{On: ldaptest.Searches, Page: page, After: after, Act: ldaptest.HangUp})
	default:
		ts.Fatalf("usage: ldapfault hang-up PAGE AFTER | heal")
	}
}

// parseLDIF reads entries in LDIF (RFC 2849) without folded lines.
func parseLDIF(text string) ([]ldaptest.Entry, error) {
	var entries []ldaptest.Entry
	var now *ldaptest.Entry
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if line == "" {
			now = nil
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if coded, isCoded := strings.CutPrefix(value, ": "); isCoded {
			plain, err := base64.StdEncoding.DecodeString(coded)
			if err != nil {
				return nil, fmt.Errorf("LDIF line %q: %w", line, err)
			}
			value = string(plain)
		} else {
			value = strings.TrimPrefix(value, " ")
		}
		switch {
		case !ok || now == nil && name != "dn":
			return nil, fmt.Errorf("LDIF line %q: not within an entry", line)
		case now == nil:
			entries = append(entries, ldaptest.Entry{DN: value, Attrs: map[string][]string{}})
			now = &entries[len(entries)-1]
		default:
			now.Attrs[name] = append(now.Attrs[name], value)
		}
	}
	return entries, nil
}

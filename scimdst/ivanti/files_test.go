package ivanti_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"ldap2scim/plan"
	"ldap2scim/scimdst/ivanti"
	"ldap2scim/scimdst/ivanti/ivantitest"
)

func write(t *testing.T, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const export = "User ID;Email Address;Source;Status;Device Count;Managed Apple ID;custAttr1\r\n" +
	"björk;bjork@example.com;LDAP;Active;2;bjork@appleid.example.com;'=CC\\|7\r\n" +
	"root;root@example.com;Local;Disabled;0;;\r\n"

// TestReadExport: the same file in every encoding and with every separator.
func TestReadExport(t *testing.T) {
	t.Parallel()
	want := []plan.Account{
		{UID: "björk", Email: "bjork@example.com", Source: "LDAP", Devices: 2, AppleID: "bjork@appleid.example.com", Values: map[string]string{"custattr1": "=CC|7"}},
		{UID: "root", Email: "root@example.com", Source: "LOCAL", Disabled: true},
	}
	encode := func(e interface{ Bytes([]byte) ([]byte, error) }) []byte {
		b, err := e.Bytes([]byte(export))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, text := range map[string][]byte{
		"UTF-8":                 []byte(export),
		"UTF-8 with a mark":     []byte("\ufeff" + export),
		"Latin-1":               encode(charmap.ISO8859_1.NewEncoder()),
		"UTF-16 LE with a mark": encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()),
		"UTF-16 BE with a mark": encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()),
		"UTF-16 LE":             encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder()),
		"UTF-16 BE":             encode(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder()),
		"commas":                []byte(strings.ReplaceAll(export, ";", ",")),
		"tabs":                  []byte(strings.ReplaceAll(export, ";", "\t")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ivanti.ReadExport(text, nil)
			if d := cmp.Diff(want, got.Accounts); d != "" || err != nil || !got.AppleIDs {
				t.Errorf("%v %s", err, d)
			}
		})
	}
}

// TestBadExport: what cannot be read is refused by its place, and never
// quoted.
func TestBadExport(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text    string
		columns map[string]string
		want    string
	}{
		"empty":                 {"", nil, "line 1: the file is empty"},
		"no user ID":            {"Name,Email\na,b\n", nil, "line 1: there is no column with the user ID"},
		"no such column":        {"User ID\na\n", map[string]string{"apple_id": "MAID"}, `line 1: there is no column "MAID"`},
		"a field is missing":    {"User ID,Source\nada,LDAP\nbob\n", nil, "line 3, column 1: the line has another number of fields"},
		"a quote is open":       {"User ID,Source\n\"ada,LDAP\n", nil, "line 2"},
		"a quote in the middle": {"User ID,Source\nada,L\"DAP\n", nil, "line 2, column 6"},
		"a blank user ID":       {"Source,User ID\nLDAP,\n", nil, "line 2, column 6: the user ID is blank"},
		"one user ID twice":     {"User ID\nada\nbob\nADA\n", nil, "line 4, column 1: the user ID is that of line 2"},
		"no number":             {"User ID,Devices\nada,many\n", nil, "line 2, column 5: this is not a number"},
		"no status":             {"User ID,Status\nada,perhaps\n", nil, "line 2, column 5: this says neither"},
		"masked":                {"User ID\na*****\n", nil, "line 2, column 1: the user IDs or emails of 1"},
		"not text":              {"User ID\nad\x00a\n", nil, "line 2, column 3: there is a zero byte"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := ivanti.ReadExport([]byte(tt.text), tt.columns)
			if _, has := errors.AsType[*ivanti.PlaceError](err); !has || !strings.HasPrefix(err.Error(), tt.want) || list.Accounts != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestLargeExport: a hundred thousand rows.
func TestLargeExport(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("User ID,Source,costCode\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "u%06d,LDAP,CC-%d\n", i, i)
	}
	list, err := ivanti.ReadExport([]byte(b.String()), nil)
	if err != nil || len(list.Accounts) != 100_000 || list.Accounts[99_999].Values["costcode"] != "CC-99999" {
		t.Errorf("%d, %v", len(list.Accounts), err)
	}
}

// TestTrail: what an audit trail proves, in both forms of the export.
func TestTrail(t *testing.T) {
	t.Parallel()
	s := start(t, ivantitest.Options{LDAP: ivantitest.LDAP{Name: "corp"}})
	seen := s.Now().Add(24 * time.Hour)
	judge := func(want plan.Bearing, says string) {
		t.Helper()
		for form, text := range map[string][]byte{"JSON": s.AuditJSON(), "CEF": s.AuditCEF()} {
			events, err := ivanti.ReadTrail(text)
			if err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			slices.Reverse(events)
			e := ivanti.JudgeTrail(events, 15*time.Minute, seen)
			if e.Bearing != want || !strings.Contains(e.Sentence, says) || e.Name != "corp" || e.Of != plan.LDAPDisabled {
				t.Errorf("%s: %+v, want %s %q", form, e, want, says)
			}
		}
	}
	judge(plan.Contradicts, "synced at 2026-01-05 08:00:00Z, and was not edited")
	s.Pass(40 * time.Minute)
	s.EnableLDAP(false)
	judge(plan.Inconclusive, "ends 0s later")
	s.Pass(30 * time.Minute)
	s.Log(ivantitest.Event{Type: "Administrator", Action: "Sign in"})
	judge(plan.Inconclusive, "ends 30m0s later; more than 30m0s")
	s.Pass(time.Minute)
	s.Log(ivantitest.Event{Type: "Administrator", Action: "Sign in"})
	judge(plan.Proves, "synced last at 2026-01-05 08:30:00Z, was edited at 2026-01-05 08:40:00Z, and no sync began in the 31m0s")
	s.EnableLDAP(true)
	judge(plan.Contradicts, "left it enabled")
	s.Pass(20 * time.Minute)
	judge(plan.Contradicts, "synced at")
}

// TestTrailOfSeveral: every server must be off, a sync that had begun may end,
// and the interval is what the trail shows where that is longer.
func TestTrailOfSeveral(t *testing.T) {
	t.Parallel()
	at := func(minutes int) time.Time { return time.Date(2026, 1, 1, 0, minutes, 0, 0, time.UTC) }
	event := func(minutes int, name, what string) ivanti.Event {
		return ivanti.Event{At: at(minutes), Name: name, What: "LDAP Server " + what}
	}
	other := func(minutes int) ivanti.Event { return ivanti.Event{At: at(minutes), What: "Device retired"} }
	for name, tt := range map[string]struct {
		events []ivanti.Event
		want   plan.Bearing
	}{
		"nothing":              {nil, plan.Inconclusive},
		"no LDAP":              {[]ivanti.Event{other(1)}, plan.Inconclusive},
		"no sync ever":         {[]ivanti.Event{event(0, "a", "edited"), other(90)}, plan.Inconclusive},
		"one of two is on":     {[]ivanti.Event{event(0, "a", "Sync started"), event(0, "b", "Sync started"), event(5, "a", "edited"), other(90)}, plan.Contradicts},
		"both are off":         {[]ivanti.Event{event(0, "a", "Sync started"), event(0, "b", "Sync started"), event(5, "a", "edited"), event(6, "b", "edited"), other(90)}, plan.Proves},
		"a sync that ends":     {[]ivanti.Event{event(0, "a", "Sync started"), event(5, "a", "edited"), event(6, "a", "Sync completed"), other(90)}, plan.Proves},
		"a sync that begins":   {[]ivanti.Event{event(0, "a", "Sync started"), event(5, "a", "edited"), event(6, "a", "Sync started"), event(7, "a", "edited"), event(8, "a", "Sync started"), other(90)}, plan.Contradicts},
		"it syncs every hour":  {[]ivanti.Event{event(0, "a", "Sync started"), event(60, "a", "Sync started"), event(70, "a", "edited"), other(180)}, plan.Inconclusive},
		"and long after that":  {[]ivanti.Event{event(0, "a", "Sync started"), event(60, "a", "Sync started"), event(70, "a", "edited"), other(191)}, plan.Proves},
		"syncs without a name": {[]ivanti.Event{{At: at(0), What: "LDAP Sync Start"}, event(5, "a", "edited"), other(90)}, plan.Proves},
		"without any name":     {[]ivanti.Event{{At: at(0), What: "LDAP Sync Start"}, {At: at(5), What: "LDAP Server edited"}, other(90)}, plan.Proves},
		"whose sync it was":    {[]ivanti.Event{{At: at(0), What: "LDAP Sync Start"}, event(5, "a", "edited"), event(6, "b", "edited"), other(90)}, plan.Contradicts},
		"another edit of LDAP": {[]ivanti.Event{event(0, "a", "Sync started"), {At: at(5), Name: "x", What: "LDAP Attribute edited"}, other(90)}, plan.Contradicts},
		"silent, and no edit":  {[]ivanti.Event{event(0, "a", "Sync started"), other(900)}, plan.Contradicts},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if e := ivanti.JudgeTrail(tt.events, 15*time.Minute, at(1000)); e.Bearing != tt.want || e.Sentence == "" {
				t.Errorf("%+v", e)
			}
		})
	}
}

// TestReadTrail: the forms in which JSON may nest it, and what is refused.
func TestReadTrail(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"a list in an object": {`{"total":1,"events":[{"createdAt":1767600000000,"entityType":"LDAP Server","entityName":"a","actionType":"edited"}]}`, "LDAP Server edited a 2026-01-05T08:00:00Z"},
		"an object a line":    {`{"timestamp":"2026-01-05T08:00:00Z","event":"LDAP Sync Start"}` + "\n" + `{"timestamp":"2026-01-05T09:00:00.000+0000","event":"LDAP Sync Success"}`, "LDAP Sync Start  2026-01-05T08:00:00Z, LDAP Sync Success  2026-01-05T09:00:00Z"},
		"nested":              {`[{"meta":{"createdAt":"2026-01-05T08:00:00Z","entityType":"LDAP Server","actionType":"edited"},"after":{"createdAt":"2020-01-01T00:00:00Z"}}]`, "LDAP Server edited  2026-01-05T08:00:00Z"},
		"CEF by rt":           {"Jan  5 host CEF:25|Ivanti Inc|Ivanti Neurons for MDM|119|5|LDAP Sync Start \\| x|Low|rt=1767600000000 cs2=ann lee\n", "LDAP Sync Start | x  2026-01-05T08:00:00Z"},
		"no time":             {"[\n{\"entityType\":\"x\"}]", "line 2: event 1: it has no time (createdAt)"},
		"a time of no zone":   {`{"time":"5 January"}`, "line 1: event 1: its time is not in a form"},
		"broken":              {"[\n {\"time\": }]", "line 2, column 12: this is not JSON"},
		"neither":             {"a,b\n", "line 1, column 1: this is neither JSON nor CEF"},
		"a short header":      {"CEF:25|a|b\n", "line 1, column 1: the header of a CEF line"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, err := ivanti.ReadTrail([]byte(tt.text))
			var parts []string
			for _, e := range events {
				parts = append(parts, e.What+" "+e.Name+" "+e.At.Format(time.RFC3339))
			}
			got := strings.Join(parts, ", ")
			if err != nil {
				got = err.Error()
			}
			if got != tt.want && (err == nil || !strings.HasPrefix(got, tt.want)) {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestScan: variables, functions on them, attributes, groups and units, each
// with its place.
func TestScan(t *testing.T) {
	t.Parallel()
	custom := []ivanti.Custom{{Was: "custAttr1", Name: "custAttr1"}, {Was: "badge", Name: "badgeIdP"}}
	text := `<plist>
<string>CN=${userUID},OU=${fn:upper(userOU, "userDN")}</string>
<string>${userEmailAddress} ${deviceSN} ${department}</string>
<string>${ldap.custAttr1} ${badge} ${other} ${sAMAccountName}</string>
<key>rule</key><string>OU=Sales,DC=corp,DC=example</string><string>cn=Staff, ou=groups, dc=corp</string>
Custom LDAP Attribute; LDAP user groups; Chrome OS ${userOU}
</plist>`
	for name, b := range map[string][]byte{"open": []byte(text), "signed": slices.Concat([]byte{0x30, 0x82, 0}, []byte("<?xml?>"), []byte(text), []byte{0, 1})} {
		refs, err := ivanti.Scan("a.mobileconfig", b, custom)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range refs {
			got = append(got, fmt.Sprintf("%s %s %s", r.Kind, r.What, strings.ReplaceAll(strings.ReplaceAll(r.Place, "line ", ""), ", column ", ":")))
			if r.File != "a.mobileconfig" || r.After == "" || r.Instead == "" || r.Certificate {
				t.Errorf("%+v", r)
			}
		}
		want := []string{
			`variable ${fn:upper(userOU, "userDN")} 2:26`,
			"attribute ${ldap.custAttr1} 4:9", "attribute ${badge} 4:27", "attribute ${other} 4:36", "variable ${sAMAccountName} 4:45",
			"variable ${userOU} 6:52",
			"unit OU=Sales,DC=corp,DC=example 5:24", "group cn=Staff, ou=groups, dc=corp 5:68", "group LDAP user groups 6:24", "attribute Custom LDAP Attribute 6:1", "chromeos Chrome OS 6:42",
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if refs, err := ivanti.Scan("a.csv", []byte("${userDN}\n${userDN}\n${userDN}\n"), nil); err != nil || len(refs) != 1 || refs[0].Place != "line 1, column 1 (and 2 more)" {
		t.Errorf("%+v, %v", refs, err)
	}
	if _, err := ivanti.Scan("a.txt", []byte("ab\nc\x00"), nil); err == nil || err.Error() != "a.txt, line 2, column 2: there is a zero byte, so this is not text" {
		t.Errorf("%v", err)
	}
}

// TestCounts: more accounts of LDAP came by a sync; none for long speaks for a
// server that is off.
func TestCounts(t *testing.T) {
	t.Parallel()
	at := func(minutes, n int) ivanti.Counted {
		return ivanti.Counted{At: time.Date(2026, 1, 1, 0, minutes, 0, 0, time.UTC), LDAP: n}
	}
	for name, tt := range map[string]struct {
		before []ivanti.Counted
		now    ivanti.Counted
		want   plan.Bearing
	}{
		"for the first time": {nil, at(0, 7), plan.Inconclusive},
		"more":               {[]ivanti.Counted{at(0, 7)}, at(1, 8), plan.Contradicts},
		"still, not long":    {[]ivanti.Counted{at(0, 7)}, at(30, 7), plan.Inconclusive},
		"still, for long":    {[]ivanti.Counted{at(0, 7), at(20, 7)}, at(31, 7), plan.Supports},
		"fewer":              {[]ivanti.Counted{at(0, 7), at(20, 7)}, at(60, 2), plan.Inconclusive},
		"long ago otherwise": {[]ivanti.Counted{at(0, 7), at(50, 9)}, at(60, 9), plan.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if e := ivanti.JudgeCounts(tt.before, tt.now, 15*time.Minute); e.Bearing != tt.want {
				t.Errorf("%+v", e)
			}
		})
	}
}

// TestEvidence: the canary, and the probe, which proves nothing.
func TestEvidence(t *testing.T) {
	t.Parallel()
	o := crowd(1)
	s := start(t, o)
	c := config(s)
	c.Canary = ivanti.Canary{User: "u0000", Attribute: "custAttr1", Value: "canary", Since: "2026-01-05T08:01:00Z"}
	c.UnsupportedProbe = ivanti.Probe{Path: "/api/v1/group?start=0&rows=50", Pointer: "/result/searchResults/0/source"}
	bearings := func(after time.Duration) string {
		t.Helper()
		all, err := ivanti.GatherEvidence(t.Context(), c, nil, time.Date(2026, 1, 5, 8, 1, 0, 0, time.UTC).Add(after))
		if err != nil || len(all) != 3 {
			t.Fatalf("%+v, %v", all, err)
		}
		return string(all[1].Bearing) + " " + string(all[2].Bearing)
	}
	if got := bearings(time.Minute); got != "inconclusive inconclusive" {
		t.Error(got)
	}
	if got := bearings(31 * time.Minute); got != "supports inconclusive" {
		t.Error(got)
	}
	p := o.LDAP.People[0]
	p.Custom = map[string]string{"custAttr1": "canary"}
	s.SetPerson(p)
	s.Pass(15 * time.Minute)
	c.UnsupportedProbe = ivanti.Probe{Path: "/msa/v1/cps/user?uid=root&offset=0&limit=1", Pointer: "/results/0/enabled"}
	if got := bearings(31 * time.Minute); got != "contradicts contradicts" {
		t.Error(got)
	}
	c.UnsupportedProbe.Pointer = "/results/7"
	if got := bearings(31 * time.Minute); got != "contradicts inconclusive" {
		t.Error(got)
	}
}

// TestValidate: what cannot be meant.
func TestValidate(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]ivanti.Config{
		"user: missing":         {URL: "https://x.example"},
		"url: plain http":       {URL: "http://x.example"},
		"page_size: must":       {PageSize: 501},
		"canary: names":         {URL: "https://x.example", Canary: ivanti.Canary{User: "a"}},
		"canary.since: write":   {Canary: ivanti.Canary{User: "a", Attribute: "b", Value: "c", Since: "today"}},
		"unsupported_probe: p":  {UnsupportedProbe: ivanti.Probe{Path: "x"}},
		"stored_attributes: n":  {StoredAttributes: true},
		"exports[0].file":       {Exports: []ivanti.Export{{}}},
		`exports[0].columns: "`: {Exports: []ivanti.Export{{File: "a", Columns: map[string]string{"x": "y"}}}},
		"sync_interval: must":   {SyncInterval: -1},
		"cps_url:":              {CPSURL: "x"},
	} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := (ivanti.Config{Audit: []string{"a"}}).Validate(); err != nil {
		t.Error(err)
	}
}

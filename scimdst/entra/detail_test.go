package entra

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"ldap2scim/plan"
)

// TestOutcome: what became of somebody is told by the action and its result
// together.
func TestOutcome(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]bool{
		`{"provisioningAction":"create","provisioningStatusInfo":{"status":"success"}}`:       true,
		`{"provisioningAction":"update","provisioningStatusInfo":{"status":"success"}}`:       true,
		`{"provisioningAction":"disable","provisioningStatusInfo":{"status":"success"}}`:      false,
		`{"provisioningAction":"stagedDelete","provisioningStatusInfo":{"status":"success"}}`: false,
		`{"provisioningAction":"delete","provisioningStatusInfo":{"status":"success"}}`:       false,
		`{"provisioningAction":"create","provisioningStatusInfo":{"status":"failure"}}`:       false,
		`{"provisioningAction":"other","provisioningStatusInfo":{"status":"skipped"}}`:        true,
	} {
		var l logRow
		if err := json.Unmarshal([]byte(row), &l); err != nil {
			t.Fatal(err)
		}
		if p := l.outcome(); p.Done != want || !p.Done && p.Why == "" {
			t.Errorf("%s is %+v", row, p)
		}
	}
}

// TestSameMoment: of two rows of one moment, in whatever order they come, the
// worse counts.
func TestSameMoment(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	row := func(status string, after time.Duration) logRow {
		l := logRow{At: at.Add(after), Action: "create"}
		l.Source.ID, l.Status.Status = "x", status
		return l
	}
	for name, tt := range map[string]struct {
		rows []logRow
		done bool
	}{
		"failure first":   {[]logRow{row("failure", 0), row("success", 0)}, false},
		"success first":   {[]logRow{row("success", 0), row("failure", 0)}, false},
		"mended later":    {[]logRow{row("failure", 0), row("success", time.Second)}, true},
		"the newer first": {[]logRow{row("success", time.Second), row("failure", 0)}, true},
	} {
		n := newest{}
		for _, r := range tt.rows {
			n.take(r)
		}
		if n["x"].Done != tt.done {
			t.Errorf("%s: %+v", name, n["x"])
		}
	}
}

// TestShortName tells an extension from one whose name ends likewise.
func TestShortName(t *testing.T) {
	t.Parallel()
	const of = "extension_0123456789abcdef0123456789abcdef_"
	for full, want := range map[string]string{of + "Attr1": "Attr1", of + "custom_Attr1": "custom_Attr1", "extension_1_Attr1": "", "Attr1": ""} {
		if got := shortName(full); got != want {
			t.Errorf("%s is %q, want %q", full, got, want)
		}
	}
}

// TestNotesAreBounded: what others have noted stays, and where there is no room
// it is said before anything is sent.
func TestNotesAreBounded(t *testing.T) {
	t.Parallel()
	said := plan.Fields{"BaseAddress": "https://mdm.example/scim", digestKey: "0123456789ab"}
	if all, err := noted(strings.Repeat("ü", mostNotes/2), said); err != nil || !strings.HasPrefix(all, "üü") {
		t.Errorf("got %v", err)
	}
	_, err := noted(strings.Repeat("x", mostNotes-20), said)
	if e, ok := errors.AsType[*RefusedError](err); !ok || !strings.Contains(e.Hint(), "Shorten") {
		t.Errorf("got %v", err)
	}
}

// TestSourceTwice: the service takes each attribute of Entra ID once, so that
// two custom attributes cannot be kept in one.
func TestSourceTwice(t *testing.T) {
	t.Parallel()
	c := Config{Attributes: map[string]string{"a": "extensionAttribute1", "b": "extensionAttribute1", "c": DirectoryExtension, "d": DirectoryExtension}}
	err := c.Validate()
	if err == nil || strings.Count(err.Error(), "keeps a already") != 1 || !strings.Contains(err.Error(), "attributes.b: extensionAttribute1") {
		t.Errorf("got %v", err)
	}
}

// TestFinished: a cycle that was over before the provisioning was set up is not
// the one that is waited for.
func TestFinished(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	var j job
	for name, tt := range map[string]struct {
		first, last time.Time
		want        bool
	}{
		"never":                   {time.Time{}, time.Time{}, false},
		"before":                  {start.Add(-time.Hour), start.Add(-time.Minute), false},
		"first before, and again": {start.Add(-time.Hour), start.Add(time.Hour), true},
		"first after":             {start.Add(time.Hour), start.Add(time.Hour), true},
	} {
		j.Status.FirstDone, j.Status.LastDone = tt.first, tt.last
		if got := j.finished(start); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestBatchCosts: each request of a batch has a cost of its own.
func TestBatchCosts(t *testing.T) {
	t.Parallel()
	r, err := batchOf([]Request{get("/a"), {Method: "PATCH", Path: "/b", Body: []byte("{}")}})
	if err != nil {
		t.Fatal(err)
	}
	costs := BatchCosts(r, Answer{Body: []byte(`{"responses":[
		{"id":"2","status":429,"headers":{"x-ms-resource-unit":"4","X-MS-Throttle-Scope":"Tenant_Application/ReadWrite/x","x-ms-throttle-information":"WriteLimitExceeded","x-ms-throttle-limit-percentage":"1.2"}},
		{"id":"1","status":200,"headers":{"x-ms-resource-unit":"2"}}]}`)})
	want := []Cost{{"PATCH", 429, 4, 1.2, "Tenant_Application/ReadWrite/x", "WriteLimitExceeded"}, {Method: "GET", Status: 200, Units: 2}}
	if len(costs) != 2 || costs[0] != want[0] || costs[1] != want[1] {
		t.Errorf("got %+v", costs)
	}
	if got := BatchCosts(get("/users"), Answer{Body: []byte(`{"responses":[{}]}`)}); got != nil {
		t.Errorf("what is no batch costs %+v", got)
	}
}

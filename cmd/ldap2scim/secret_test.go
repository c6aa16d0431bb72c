package main

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ldap2scim/scimdst/scimtest"
)

// secrets are what must be found nowhere. The password and token that are
// wrong are somebody's too.
type secrets struct{ password, token, wrongPassword, wrongToken string }

// TestNoSecretLeavesMemory is law 8: the whole road, with a log, with faults,
// with a wrong token and a wrong password, and killed once. Then everything
// that was written or printed is searched.
func TestNoSecretLeavesMemory(t *testing.T) {
	t.Parallel()
	is := secrets{companyPassword, "tok-5e6c1f0a-right", "pw-77aa01-wrong", "tok-90b2de-wrong"}
	s, d := demoSite(t, scimtest.Options{Token: is.token})
	printed := map[string][]byte{}
	say := func(code int, args ...string) {
		t.Helper()
		p := s.process(code, append([]string{"--log", s.path("log.jsonl")}, args...)...)
		printed["output of "+strings.Join(args, " ")] = append([]byte(p.out.String()), p.err.String()...)
	}
	s.write("ldap-password", is.wrongPassword)
	say(exitFailed, "check")
	say(exitFailed, "snapshot")
	s.write("ldap-password", is.password+"\n")
	say(exitDone, "check")
	say(exitDone, "snapshot")
	s.write("scim-token", is.wrongToken)
	say(exitFailed, "check")
	say(exitFailed, "plan")
	s.write("scim-token", is.token+"\n")
	say(exitDone, "plan", "--json")
	say(exitChanges, "plan", "--detailed-exitcode")
	say(exitDone, "apply", "--dry-run")

	// A service that repeats what it was shown, in refusals of both kinds.
	tells := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"Bearer ` + is.token + ` may not do this"}`
	d.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: http.StatusBadRequest, Body: tells, Match: nth(3, scimtest.To(http.MethodPost, "/Users"))})
	d.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: http.StatusServiceUnavailable, Body: "<html>" + is.token, Match: nth(5, scimtest.To(http.MethodPost, "/Users"))})
	gate := holdNext(d.service, nth(100, scimtest.To(http.MethodPost, "/Users")))
	defer gate.open()
	apply := s.start("--log", s.path("log.jsonl"), "apply", "--yes", "--allow", "unreconciled-wave")
	<-gate.arrived
	apply.kill()
	gate.open()
	printed["output of the killed apply"] = append([]byte(apply.out.String()), apply.err.String()...)
	is.search(t, "after the kill", s.folder, printed)
	if _, err := os.Stat(s.path("state.db-wal")); err != nil {
		t.Errorf("the kill left no write-ahead log to search: %v", err)
	}

	// What was refused before the kill may not have been recorded.
	d.service.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Status: http.StatusBadRequest, Body: tells, Match: nth(9, scimtest.To(http.MethodPost, "/Users"))})
	say(exitPartly, "apply", "--yes", "--allow", "unreconciled-wave")
	say(exitPartly, "report", "--check")
	say(exitPartly, "report", "--json", "--check")
	for _, what := range []string{"snapshot", "plan", "findings", "run", "failures", "report"} {
		say(exitDone, "show", what, "--json")
	}
	say(exitDone, "show", "report", "--html")
	say(exitDone, "show", "report", "--csv")
	say(exitDone, "status")
	say(exitDone, "run", "--yes")
	if !strings.Contains(string(printed["output of report --json --check"]), "may not do this") {
		t.Errorf("the service's words are not in the report, so this test searches for nothing:\n%s", printed["output of report --json --check"])
	}
	is.search(t, "at the end", s.folder, printed)
}

// TestDemoLeavesNoSecret: but in the files that the configuration names.
func TestDemoLeavesNoSecret(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "demo")
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"demo", "--folder", folder, "--log", folder + ".log"}, streams{in: strings.NewReader(""), out: &out, err: &errs}); code != exitDone {
		t.Fatalf("demo exits with %d: %s", code, errs.String())
	}
	is := secrets{companyPassword, "demo-token", "demo-api-password", "demo-token"}
	is.search(t, "of the demo", filepath.Dir(folder), map[string][]byte{"stdout": out.Bytes(), "stderr": errs.Bytes()})
}

// search looks for each secret, as it is and in the codings of HTTP, in every
// file below folder but the secrets' own, and in what was printed.
func (is secrets) search(t *testing.T, when, folder string, printed map[string][]byte) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "ldap-password" || entry.Name() == "scim-token" || entry.Name() == "api-password" {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		is.in(t, when, path, text)
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("searched %d files %s: %v", files, when, err)
	}
	for name, text := range printed {
		is.in(t, when, name, text)
	}
}

func (is secrets) in(t *testing.T, when, where string, text []byte) {
	t.Helper()
	for name, secret := range map[string]string{
		"password": is.password, "token": is.token, "wrong password": is.wrongPassword, "wrong token": is.wrongToken,
	} {
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			if bytes.Contains(text, []byte(form)) {
				t.Errorf("%s: the %s is in %s", when, name, where)
				break
			}
		}
	}
}

package plan_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// TestRedactedViews: no view of a plan says a name, an address or a value, and
// all say the same pseudonym of the same person.
func TestRedactedViews(t *testing.T) {
	t.Parallel()
	red := plan.NewRedaction([]byte("the key"))
	v := red.View(showcase().view())
	texts := map[string]func(io.Writer) error{
		"text": func(w io.Writer) error { return plan.WriteText(w, v) }, "json": func(w io.Writer) error { return plan.WriteJSON(w, v) },
		"csv": func(w io.Writer) error { return plan.WriteCSV(w, v) }, "html": func(w io.Writer) error { return plan.WriteHTML(w, v) },
		"findings": func(w io.Writer) error { return plan.WriteFindingsHTML(w, v) },
	}
	for name, write := range texts {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"same0", "new0", "local0", "blocked0", "Lovelace", "Hopper", "Ada", "Grace", "uid=", "alert(1)", "screen.png", "agreed with", "CC-"} {
			if at := strings.Index(b.String(), secret); at >= 0 {
				t.Errorf("%s says %q: …%q…", name, secret, b.String()[max(0, at-60):min(b.Len(), at+60)])
			}
		}
		if mine := red.Name(plan.Person, "b00", "blocked00"); name != "findings" && !strings.Contains(b.String(), mine) {
			t.Errorf("%s does not call blocked00 %s", name, mine)
		}
	}
}

// TestPseudonyms: the same for the same, another under another key, and none
// where there is nothing to hide.
func TestPseudonyms(t *testing.T) {
	t.Parallel()
	a, b := plan.NewRedaction([]byte("a")), plan.NewRedaction([]byte("b"))
	const uuid = plan.ExternalID("0217D553-32de-5af0-9e9e-311abc577e44")
	for _, tt := range []struct {
		got  string
		same string
		is   bool
	}{
		{a.Value("ada"), a.Value("ada"), true},
		{a.Value("ada"), b.Value("ada"), false},
		{a.Value("ada"), a.Value("Ada"), false},
		{a.Value("true") + a.Value(""), "true", true},
		{a.Name(plan.Person, uuid, "ada"), a.Name(plan.Person, uuid, "uid=ada,dc=example"), true},
		{a.Name(plan.Person, uuid, "ada"), a.Name(plan.Group, uuid, "ada"), false},
		{string(plan.ID(a, uuid)), string(uuid), true},
		{string(plan.ID(a, plan.ExternalID("dn:uid=ada"))), "dn:uid=ada", false},
		{string(plan.ID(a, plan.RemoteID("ada@example.com"))), "ada@example.com", false},
		{a.Answer("create person ada: POST /Users: 409 Conflict (uniqueness): ada is taken"), "the service answered 409 (uniqueness); its words are left out", true},
		{a.Answer("create person ada: POST /Users: 400 Bad Request"), "the service answered 400; its words are left out", true},
		{a.Answer("left: it needs ada"), "(left out)", true},
		{(*plan.Redaction)(nil).Value("ada"), "ada", true},
	} {
		if (tt.got == tt.same) != tt.is {
			t.Errorf("%s and %s: the same is %t", tt.got, tt.same, !tt.is)
		}
	}
}

// FuzzRedaction: nothing of a value is in its pseudonym, but where both are of
// its few letters.
func FuzzRedaction(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s)
	}
	red := plan.NewRedaction([]byte("the key"))
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 8 {
			return
		}
		all := fmt.Sprint(red.Value(s), red.Name(plan.Person, "", s), red.Name(plan.Person, plan.ExternalID(s), s), red.Who(s), red.Text(s), red.Answer(s),
			red.Finding(plan.Finding{Code: plan.BadEmail, Name: s, Sentence: s, Remedy: s, Waived: s}), red.Step(plan.Step{Name: s, Version: s, Before: plan.Fields{"a": s}, After: plan.Fields{"a": s}}))
		check, _ := plan.CheckOf(plan.BadEmail)
		rest := strings.NewReplacer(check.Sentence, "", check.Remedy, "").Replace(all)
		if strings.Contains(rest, s) && !strings.Contains("(left out)its words are left outthe service answered ", s) {
			t.Errorf("%q is still said: %s", s, rest)
		}
	})
}

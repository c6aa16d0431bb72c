package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// TestAttest runs the command against a state file of its own.
func TestAttest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	state, config, shot := filepath.Join(dir, "s.db"), filepath.Join(dir, "c.yaml"), filepath.Join(dir, "shot.png")
	text := "state: " + state + `
source: {kind: generic, url: "ldaps://ldap.example.com", base: "dc=x"}
destination: {url: "https://scim.example.com", token: "env:T"}
`
	for path, content := range map[string]string{config: text, shot: "abc"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	attest := func(args ...string) (string, error) {
		var out bytes.Buffer
		p := &program{streams: streams{in: strings.NewReader(""), out: &out, err: &out}, logger: zap.NewNop(), config: config}
		cmd := p.attestCommand()
		cmd.SetArgs(args)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		err := cmd.ExecuteContext(t.Context())
		return out.String(), err
	}
	for _, args := range [][]string{
		{},
		{"ldap-enabled", "--by", "Ann"},
		{"ldap-disabled"},
		{"ldap-disabled", "--by", " "},
		{"ldap-disabled", "x", "--by", "Ann"},
		{"idp-attribute", "--by", "Ann"},
		{"idp-attribute", "a b", "--by", "Ann"},
		{"managed-apple-id", "--server", "x", "--by", "Ann"},
		{"ldap-disabled", "--by", "Ann", "--evidence", filepath.Join(dir, "none")},
	} {
		if out, err := attest(args...); err == nil {
			t.Errorf("%q: %s", args, out)
		}
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("a mistake made a state file")
	}
	if out, err := attest("ldap-disabled", "--by", "Ann", "--server", "ldap1", "--evidence", shot); err != nil ||
		out != "Recorded: ldap-disabled ldap1, by Ann, with shot.png (SHA-256 ba7816bf).\n" {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := attest("idp-attribute", "custAttr1", "--by", "Ben"); err != nil || out != "Recorded: idp-attribute custAttr1, by Ben, without evidence.\n" {
		t.Errorf("%q, %v", out, err)
	}
	f, err := checkpoints.OpenReader(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	all, err := f.Attestations(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if a := all[0]; a.Of != plan.LDAPDisabled || a.Name != "ldap1" || a.By != "Ann" || a.Evidence != "shot.png" || a.Digest != abc || a.At.IsZero() || a.Proven {
		t.Errorf("%+v", a)
	}
}

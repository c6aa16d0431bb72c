package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"ldap2scim/scimdst/entra/entratest"
)

// typed carries out commands of the demo in a folder of its own, and returns
// what the last one said.
func typed(t *testing.T, d *entraDemo, out *bytes.Buffer, stages ...stage) string {
	t.Helper()
	for _, s := range stages {
		out.Reset()
		if err := d.commands(t.Context(), []stage{s}); err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
	}
	return out.String()
}

func startedEntraDemo(t *testing.T) (*entraDemo, *bytes.Buffer) {
	t.Helper()
	out := &bytes.Buffer{}
	d := &entraDemo{demo: demo{program: &program{streams: streams{in: strings.NewReader(""), out: out, err: out}, logger: zap.NewNop()}, folder: t.TempDir()}}
	t.Cleanup(func() {
		if err := d.stop(); err != nil {
			t.Error(err)
		}
	})
	if err := d.start(); err != nil {
		t.Fatal(err)
	}
	return d, out
}

// TestCheckNamesPermissions: check says by name which permissions are missing,
// each with what it is for and how it is granted.
func TestCheckNamesPermissions(t *testing.T) {
	t.Parallel()
	const lacks = "ProvisioningLog.Read.All"
	roles := slices.DeleteFunc(entratest.AllRoles(), func(r string) bool { return r == lacks || r == "AuditLog.Read.All" })
	poor, err := entratest.Start(entratest.Options{Clients: []entratest.Client{{ID: entratest.ClientID, Roles: roles}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := poor.Close(); err != nil {
			t.Error(err)
		}
	})
	d, out := startedEntraDemo(t)
	token, err := poor.Token(entratest.ClientID)
	if err != nil {
		t.Fatal(err)
	}
	d.destination, d.files["graph-token"] = strings.ReplaceAll(d.destination, d.tenant.URL, poor.URL), token
	if err := d.write(); err != nil {
		t.Fatal(err)
	}
	said := typed(t, d, out, stage{command: []string{"check"}, exit: exitFailed})
	if !strings.Contains(said, lacks+" is missing, to read the provisioning logs") || !strings.Contains(said, "grant admin consent") || strings.Count(said, "is missing, to") != 1 {
		t.Errorf("check says:\n%s", said)
	}
}

// TestWatchIsTakenUpAgain: who was matched by which key is shown, what is
// recorded of the cost is in the file of events, and a watch that has ended
// before the cycle is begun again.
func TestWatchIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	d, out := startedEntraDemo(t)
	if err := d.write(); err != nil {
		t.Fatal(err)
	}
	typed(t, d, out, stage{command: []string{"snapshot"}}, stage{command: []string{"plan"}})
	if said := typed(t, d, out, stage{command: []string{"show", "person", "hbjork07@corp.example"}}); !strings.Contains(said, "@matched") || !strings.Contains(said, "userPrincipalName") {
		t.Errorf("nobody says by which key:\n%s", said)
	}
	d.behind.EnableLDAP(false)
	for _, what := range [][]string{{"ldap-disabled"}, {"managed-apple-id"}, {"invitations-off"}, {"idp-attribute", "custAttr1"}} {
		typed(t, d, out, stage{command: append(append([]string{"attest"}, what...), "--by", "Test")})
	}
	typed(t, d, out, stage{command: []string{"apply", "--yes", "--allow", "unreconciled-wave", "--events", d.path("events")}})
	events, err := os.ReadFile(d.path("events"))
	if err != nil || !bytes.Contains(events, []byte(`"event":"cost"`)) {
		t.Errorf("no cost is recorded: %v", err)
	}
	if said := typed(t, d, out, stage{command: []string{"watch", "--max-duration", "1ns"}, exit: exitPartly}); !strings.Contains(said, "watch again") {
		t.Errorf("watch says:\n%s", said)
	}
	if said := typed(t, d, out, stage{command: []string{"watch", "--every", "1ms"}}); !strings.Contains(said, "the first cycle was over") {
		t.Errorf("watch says:\n%s", said)
	}
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/scimdst/ivanti/ivantitest"
	"ldap2scim/scimdst/scimtest"
)

// demoMark is the first line of a configuration that the demo wrote, and may
// replace.
const demoMark = "# Written by ldap2scim demo.\n"

func (p *program) demoCommand() *cobra.Command {
	var folder, via string
	var serve bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "The whole of it against a built-in directory and a built-in MDM tenant",
		Long: `Start a directory, an MDM tenant and its SCIM service inside this program, and go the whole road
from one to the other with the commands that you would type. The configuration,
the state file, the plan and the report are left in a folder to look at. With
--serve, only the servers are started, and you type the commands. With
--via entra, the road goes through an Entra ID inside this program.` +
			exitHelp(exitDone, exitFailed, exitInterrupted),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch via {
			case "":
				return p.demo(cmd.Context(), folder, serve)
			case "entra":
				return p.demoEntra(cmd.Context(), folder)
			}
			return &adviceError{what: fmt.Sprintf("there is no road via %q", via), hint: "Write --via entra, or leave it out."}
		},
	}
	cmd.Flags().StringVar(&folder, "folder", "ldap2scim-demo", "where to leave the files")
	cmd.Flags().StringVar(&via, "via", "", "entra: by way of a built-in Entra ID that provisions a built-in MDM")
	cmd.Flags().BoolVar(&serve, "serve", false, "start the servers only, and keep them up")
	return cmd
}

func (p *program) demo(ctx context.Context, folder string, serve bool) error {
	directory, err := ldaptest.Start(ldaptest.Directory{Entries: company()})
	if err != nil {
		return err
	}
	mdm, err := startTenant()
	if err != nil {
		return errors.Join(err, directory.Close())
	}
	d := &demo{program: p, folder: folder, directory: directory, service: mdm.SCIM, mdm: mdm}
	err = d.write()
	switch {
	case err != nil:
	case serve:
		err = errors.Join(d.disable(), d.serve(ctx))
	default:
		err = d.road(ctx)
	}
	return errors.Join(err, mdm.Close(), directory.Close())
}

// demo is one showing.
type demo struct {
	*program
	folder    string
	directory *ldaptest.Server
	service   *scimtest.Server
	// mdm is the tenant that the service belongs to, where there is one.
	mdm *ivantitest.Server
	// destination is that block of the configuration on another road, and files
	// are what it names; the service is then nil.
	destination string
	files       map[string]string
}

func (d *demo) path(name string) string { return filepath.Join(d.folder, name) }

// write makes the folder. Files of an earlier demo are replaced, and no others.
func (d *demo) write() error {
	config := d.path("ldap2scim.yaml")
	switch old, err := os.ReadFile(config); {
	case err == nil && !strings.HasPrefix(string(old), demoMark):
		return &adviceError{what: config + " is not from a demo", hint: "Name another folder with --folder."}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look at the demo's folder: %w", err)
	case err != nil:
		if _, err := os.Stat(d.path("state.db")); err == nil {
			return &adviceError{what: d.path("state.db") + " is not from a demo", hint: "Name another folder with --folder."}
		}
	}
	if err := os.MkdirAll(d.folder, 0o700); err != nil {
		return fmt.Errorf("make the demo's folder: %w", err)
	}
	for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
		if err := os.Remove(d.path("state.db" + suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("replace the demo's state file: %w", err)
		}
	}
	if err := d.writeTenant(); err != nil {
		return err
	}
	files := map[string]string{"ldap2scim.yaml": d.configuration(), "ca.pem": string(d.directory.CAPEM()), "ldap-password": companyPassword + "\n"}
	maps.Copy(files, d.files)
	if d.service != nil {
		files["scim-token"] = d.service.Token + "\n"
	}
	for name, content := range files {
		if err := os.WriteFile(d.path(name), []byte(content), 0o600); err != nil {
			return fmt.Errorf("write the demo's folder: %w", err)
		}
	}
	return nil
}

func (d *demo) configuration() string {
	destination, userName := d.destination, `{expression: 'first("mail")'}` // which is what Entra ID sends
	if d.service != nil {
		destination, userName = fmt.Sprintf(`  url: %s
  token: file:%s
  profile: ivanti
  requests_per_second: 1000 # the built-in service is as quick as this machine
`, d.service.URL, d.path("scim-token")), "uid"
	}
	return demoMark + fmt.Sprintf(`state: %[1]s
source:
  url: %[2]s
  ca_file: %[3]s
  bind_dn: %[4]s
  password: file:%[5]s
  users: {base: "ou=people,%[6]s", filter: (objectClass=inetOrgPerson), id: entryUUID}
  groups: {base: "ou=groups,%[6]s", filter: (objectClass=groupOfNames), id: entryUUID, members: member}
  units: {base: "%[6]s", filter: (objectClass=organizationalUnit), id: entryUUID}
inactive: {attribute: nsAccountLock, values: ["true"]}
destination:
%[7]smapping:
  person: {userName: %[8]s, name.givenName: givenName, name.familyName: sn, displayName: cn, email: mail, department: departmentNumber}
  custom: {custAttr1: employeeNumber}
  group: {displayName: cn}
managed_apple_id:
  before: {pattern: email, appleid_subdomain: true}
  after: {pattern: email, appleid_subdomain: true}
groups:
  collision: suffix-ou
  units: {make: subtree, under: ["ou=people,%[6]s"], name: "OU {ou}"}
waves:
  - {name: pilot, groups: ["cn=Chess,ou=clubs,ou=groups,%[6]s"]}
%[9]s`, d.path("state.db"), d.directory.LDAPSURL(), d.path("ca.pem"), companyReader, d.path("ldap-password"), companySuffix, destination, userName, d.tenantBlock())
}

// road types the commands.
func (d *demo) road(ctx context.Context) error {
	err := d.commands(ctx, []stage{
		{says: "Is everything there?", command: []string{"check"}},
		{says: "Read the directory.", command: []string{"snapshot"}},
		{says: "Decide. Nothing is written to the service.", command: []string{"plan"}},
		{says: "The whole plan, as JSON, and as a page for a browser.", command: []string{"show", "plan", "--json"}, into: "plan.json"},
		{command: []string{"show", "plan", "--html"}, into: "plan.html"},
		{says: "What people must do around it: a checklist with the values to type.", command: []string{"runbook", "--html"}, into: "runbook.html"},
		{says: "Nothing may be written while the MDM's own LDAP server syncs.", command: []string{"apply", "--yes"}, exit: exitRefused},
		{
			says: "In the MDM's portal Enable this LDAP Server is deselected. Three quarters of an hour\n# later its audit trail is exported again.",
			do:   d.disable, command: []string{"tenant"},
		},
		{says: "What no record of the MDM's shows, a person must say.", command: []string{"attest", "managed-apple-id", "--by", "Demo"}},
		{command: []string{"attest", "invitations-off", "--by", "Demo"}},
		{command: []string{"attest", "idp-attribute", "custAttr1", "--by", "Demo"}},
		{says: "A few people first.", command: []string{"apply", "--wave", "pilot", "--yes"}},
		{says: "The others are not sent before those were read back.", command: []string{"apply", "--yes"}, exit: exitRefused},
		{command: []string{"report", "--json"}, into: "pilot.json"},
		{says: "Then everybody.", command: []string{"apply", "--yes"}},
		{says: "Read the service and the MDM's accounts back, and add up.", do: d.writeTenant, command: []string{"report"}, into: "report.txt"},
		{says: "The report as a page, for a spreadsheet, and as JSON.", command: []string{"show", "report", "--html"}, into: "report.html"},
		{command: []string{"show", "report", "--csv"}, into: "report.csv"},
		{command: []string{"show", "report", "--json"}, into: "report.json"},
		{says: "Once more: there is nothing left to do.", command: []string{"plan", "--detailed-exitcode"}},
	})
	if err == nil {
		fmt.Fprintf(d.out, "\nLeft to look at, in %s: ldap2scim.yaml, state.db, plan.json, plan.html, runbook.html, pilot.json, report.txt, report.html, report.csv, report.json\n", d.folder)
	}
	return err
}

// commands types each of the commands.
func (d *demo) commands(ctx context.Context, stages []stage) error {
	for _, s := range stages {
		if s.says != "" {
			fmt.Fprintf(d.out, "\n# %s", s.says)
		}
		if s.do != nil {
			if err := s.do(); err != nil {
				return err
			}
		}
		fmt.Fprintf(d.out, "\n$ ldap2scim %s", strings.Join(s.command, " "))
		if err := d.show(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// stage is one command that the demo types.
type stage struct {
	says string
	// do is what somebody does elsewhere before the command; nil is nothing.
	do      func() error
	command []string
	into    string // a file that gets the output
	exit    int    // what it must end with
}

// show carries out one command. What is for machines goes into its file alone.
func (d *demo) show(ctx context.Context, st stage) error {
	var kept bytes.Buffer
	s := streams{in: strings.NewReader(""), out: io.MultiWriter(d.out, &kept), err: d.err}
	if st.into != "" {
		fmt.Fprintf(d.out, " > %s", d.path(st.into))
	}
	fmt.Fprintln(d.out)
	if st.into != "" && !strings.HasSuffix(st.into, ".txt") {
		s.out = &kept
	}
	if st.exit != exitDone { // what it says of that is part of the show
		s.err = d.out
	}
	switch code := run(ctx, append([]string{"--config", d.path("ldap2scim.yaml")}, st.command...), s); {
	case ctx.Err() != nil:
		return ctx.Err()
	case code != st.exit:
		return fmt.Errorf("demo: ldap2scim %s ended with %d", strings.Join(st.command, " "), code)
	}
	if st.into == "" {
		return nil
	}
	if err := os.WriteFile(d.path(st.into), kept.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write the demo's folder: %w", err)
	}
	return nil
}

// serve keeps the servers up until the command is asked to end.
func (d *demo) serve(ctx context.Context) error {
	fmt.Fprintf(d.out, `A directory, an MDM tenant and its SCIM service are up, until Ctrl-C. The tenant's LDAP
server is disabled, and its audit trail shows it. In another terminal:

  ldap2scim --config %[1]s check
  ldap2scim --config %[1]s snapshot
  ldap2scim --config %[1]s plan
  ldap2scim --config %[1]s tenant
  ldap2scim --config %[1]s attest managed-apple-id --by YOUR-NAME
  ldap2scim --config %[1]s attest invitations-off --by YOUR-NAME
  ldap2scim --config %[1]s attest idp-attribute custAttr1 --by YOUR-NAME
  ldap2scim --config %[1]s apply --wave pilot
  ldap2scim --config %[1]s report
  ldap2scim --config %[1]s apply
  ldap2scim --config %[1]s report

The configuration that reaches them:

%[2]s`, d.path("ldap2scim.yaml"), d.configuration())
	<-ctx.Done()
	return nil
}

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

func (p *program) attestCommand() *cobra.Command {
	var by, server, evidence string
	cmd := &cobra.Command{
		Use:   "attest " + string(plan.LDAPDisabled) + "|" + string(plan.AppleIDSaved) + "|" + string(plan.InvitationsOff) + "|" + string(plan.IdPAttribute) + " NAME",
		Short: "Record what only a person can say",
		Long: `Record what only a person can say and no interface of the vendor's tells:

  ldap-disabled       Enable this LDAP Server is deselected, at every server;
                      none is deleted, which would make its people local users
  managed-apple-id    the setting Managed Apple ID of User Provisioning is on,
                      with the pattern of the configuration, and saved
  invitations-off     Automatically invite users imported from Entra ID is off,
                      and saved
  idp-attribute NAME  an IdP attribute of this name exists

Who, when and the evidence's SHA-256 go into the state file; the evidence
itself does not. What a plan needs and nobody has attested is said first in
the plan, and apply is refused.` + exitHelp(exitDone, exitFailed, exitLocked),
		Args:      cobra.RangeArgs(1, 2),
		ValidArgs: []string{string(plan.LDAPDisabled), string(plan.AppleIDSaved), string(plan.InvitationsOff), string(plan.IdPAttribute)},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := attestation(args, by, server)
			if err != nil {
				return err
			}
			a.At = time.Now()
			if evidence != "" {
				if a.Digest, err = digestOfFile(evidence); err != nil {
					return err
				}
				a.Evidence = filepath.Base(evidence)
			}
			c, err := p.load()
			if err != nil {
				return err
			}
			return p.writing(cmd.Context(), c, func(f *checkpoints.File) error {
				if err := f.Attest(cmd.Context(), a); err != nil {
					return err
				}
				fmt.Fprintf(p.out, "Recorded: %s, by %s%s.\n", plan.Printable(strings.TrimSpace(string(a.Of)+" "+a.Name)), plan.Printable(a.By), evidenceWords(a))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "who says so: a person's name (required)")
	cmd.Flags().StringVar(&server, "server", "", "with ldap-disabled: the name of the LDAP server at the vendor")
	cmd.Flags().StringVar(&evidence, "evidence", "", "a file that shows it, such as a screenshot; its name and SHA-256 are kept")
	return cmd
}

// attestation reads the arguments.
func attestation(args []string, by, server string) (plan.Attestation, error) {
	a := plan.Attestation{Of: plan.Prerequisite(args[0]), By: strings.TrimSpace(by)}
	wrong := func(what, hint string) (plan.Attestation, error) {
		return plan.Attestation{}, &adviceError{what: what, hint: hint}
	}
	switch a.Of {
	case plan.LDAPDisabled:
		a.Name = server
	case plan.IdPAttribute:
		if len(args) < 2 || !plan.LegalName(args[1]) {
			return wrong("attest idp-attribute needs the attribute's name", "For example: ldap2scim attest idp-attribute custAttr1 --by NAME.")
		}
		a.Name = args[1]
	case plan.AppleIDSaved, plan.InvitationsOff:
	default:
		return wrong(fmt.Sprintf("attest %q: there is no such prerequisite", args[0]), "There are ldap-disabled, managed-apple-id, invitations-off and idp-attribute NAME.")
	}
	switch {
	case a.Of != plan.IdPAttribute && len(args) > 1:
		return wrong(fmt.Sprintf("attest %s takes no name", a.Of), "An LDAP server's name goes to --server.")
	case a.Of != plan.LDAPDisabled && server != "":
		return wrong("--server goes with ldap-disabled only", "Leave it out.")
	case a.By == "":
		return wrong("an attestation needs a name", "Add --by NAME, the person who has seen that it is so.")
	}
	return a, nil
}

func digestOfFile(path string) (plan.Digest, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read evidence: %w", err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", fmt.Errorf("read evidence: %w", err)
	}
	return plan.Digest(hex.EncodeToString(h.Sum(nil))), nil
}

func evidenceWords(a plan.Attestation) string {
	if a.Evidence == "" {
		return ", without evidence"
	}
	return fmt.Sprintf(", with %s (SHA-256 %s)", plan.Printable(a.Evidence), a.Digest.Short())
}

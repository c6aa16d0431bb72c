package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"ldap2scim/configs"
	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// probe asks the destination which of its profile's assumptions hold. It
// writes there, so a person must agree, or have named the URL once more.
func (p *program) probe(ctx context.Context, c configs.Config, consent string) error {
	if consent == "" {
		var err error
		if consent, err = p.askToProbe(c.Destination.URL); err != nil {
			return err
		}
	}
	if strings.TrimRight(consent, "/") != strings.TrimRight(c.Destination.URL, "/") {
		return &adviceError{what: "the probe was not agreed to", hint: "Give --consent " + c.Destination.URL + ", the URL of the destination."}
	}
	report, err := scimdst.Probe(ctx, c.Destination, consent)
	fails := 0
	for _, f := range report.Findings {
		fmt.Fprintf(p.out, "%-5s %-28s %-14s %s\n", f.Answer, plan.Printable(f.Assumption), plan.Printable(f.Assumed), plan.Printable(f.Seen))
		if f.Answer == scimdst.Fails {
			fails++
		}
	}
	if err != nil {
		return err
	}
	if fails > 0 {
		return &adviceError{
			what: fmt.Sprintf("%d of the profile's assumptions do not hold at this service", fails),
			hint: "Set what it does instead under destination.profile_overrides; docs/scim-services.md has the keys.",
		}
	}
	return nil
}

func (p *program) askToProbe(url string) (string, error) {
	if !isTerminal(p.in) {
		return "", &adviceError{what: "there is nobody to ask whether the probe may write", hint: "Add --consent " + url + "."}
	}
	fmt.Fprintf(p.err, "The probe makes one marked person and one group at %s, changes them and removes them again.\nType the URL to agree: ", url)
	answer, err := bufio.NewReader(p.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read your answer: %w", err)
	}
	return strings.TrimSpace(answer), nil
}

package checkpoints

import (
	"context"
	"errors"
	"fmt"

	"ldap2scim/plan"
)

// Attest records an attestation beside all that were made before.
func (f *File) Attest(ctx context.Context, a plan.Attestation) error {
	if a.By == "" || a.Of == "" {
		return errors.New("an attestation says who attests what")
	}
	_, err := f.db.ExecContext(ctx, "INSERT INTO attestations (subject, name, who, at, evidence, digest, proven) VALUES (?, ?, ?, ?, ?, ?, ?)",
		string(a.Of), a.Name, a.By, stamp(a.At), a.Evidence, string(a.Digest), a.Proven)
	if err != nil {
		return fmt.Errorf("record the attestation of %s: %w", a.Of, err)
	}
	return nil
}

// Attestations returns all of them in the order in which they were made.
func (f *File) Attestations(ctx context.Context) ([]plan.Attestation, error) {
	var all []plan.Attestation
	for a, err := range each(ctx, f, scanAttestation, "SELECT subject, name, who, at, evidence, digest, proven FROM attestations ORDER BY id") {
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func scanAttestation(row scanner) (a plan.Attestation, err error) {
	var at string
	if err := row.Scan(&a.Of, &a.Name, &a.By, &at, &a.Evidence, &a.Digest, &a.Proven); err != nil {
		return a, err
	}
	a.At, err = parseStamp(at)
	return a, err
}

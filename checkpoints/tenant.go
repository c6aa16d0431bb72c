package checkpoints

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"ldap2scim/plan"
)

// Tenant is the head of stored records of the vendor's.
type Tenant struct {
	ID     int64
	Digest plan.Digest
	Taken  time.Time
	// Source says in words where they are from.
	Source  string
	Records plan.Records
}

// SaveTenant stores the vendor's records whole, and returns them with their
// digest. Of two accounts with one user ID, case aside, the first is kept.
func (f *File) SaveTenant(ctx context.Context, t Tenant, accounts []plan.Account) (Tenant, error) {
	err := f.write(ctx, func(tx *sql.Tx) error {
		records, err := asJSON(t.Records)
		if err != nil {
			return err
		}
		if t.ID, err = insert(ctx, tx, "INSERT INTO tenants (digest, taken_at, source, records) VALUES ('', ?, ?, ?)", stamp(t.Taken), t.Source, records); err != nil {
			return err
		}
		stmt, err := tx.PrepareContext(ctx, "INSERT INTO accounts (tenant, uid, source, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
		if err != nil {
			return err
		}
		var digest plan.SetDigest
		digest.Add(sha256.Sum256([]byte(records)))
		for _, a := range accounts {
			body, err := asJSON(a)
			if err != nil {
				return fmt.Errorf("account %s: %w", a.UID, err)
			}
			if _, err := stmt.ExecContext(ctx, t.ID, plan.Fold(a.UID), a.Source, body); err != nil {
				return err
			}
			digest.Add(sha256.Sum256([]byte(body)))
		}
		t.Digest = digest.Digest()
		_, err = tx.ExecContext(ctx, "UPDATE tenants SET digest = ? WHERE id = ?", string(t.Digest), t.ID)
		return err
	})
	if err != nil {
		return Tenant{}, fmt.Errorf("save the vendor's records: %w", err)
	}
	return t, nil
}

// Tenant returns the records with this ID; the error wraps [ErrNone] when there
// are none.
func (f *File) Tenant(ctx context.Context, id int64) (Tenant, error) {
	return f.tenant(ctx, "WHERE id = ?", id)
}

func (f *File) tenant(ctx context.Context, which string, args ...any) (Tenant, error) {
	var t Tenant
	var taken, records string
	err := f.head(ctx, "the vendor's records", "SELECT id, digest, taken_at, source, records FROM tenants "+which, args, &t.ID, &t.Digest, &taken, &t.Source, &records)
	if err != nil {
		return Tenant{}, err
	}
	if t.Taken, err = parseStamp(taken); err != nil {
		return Tenant{}, fmt.Errorf("read the vendor's records %d: %w", t.ID, err)
	}
	if err := json.Unmarshal([]byte(records), &t.Records); err != nil {
		return Tenant{}, fmt.Errorf("read the vendor's records %d: %w", t.ID, err)
	}
	return t, nil
}

// Accounts yields the accounts of stored records in the order of their folded
// user IDs.
func (f *File) Accounts(ctx context.Context, tenant int64) iter.Seq2[plan.Account, error] {
	return each(ctx, f, func(row scanner) (a plan.Account, err error) {
		var body string
		if err := row.Scan(&body); err != nil {
			return a, err
		}
		return a, json.Unmarshal([]byte(body), &a)
	}, "SELECT body FROM accounts WHERE tenant = ? ORDER BY uid", tenant)
}

// AddEvidence records what was seen, beside all that was seen before.
func (f *File) AddEvidence(ctx context.Context, all []plan.Evidence) error {
	err := f.write(ctx, func(tx *sql.Tx) error {
		for _, e := range all {
			if _, err := tx.ExecContext(ctx, "INSERT INTO evidence (subject, name, kind, bearing, at, seen_at, says, source, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
				string(e.Of), e.Name, e.Kind, string(e.Bearing), stamp(e.At), stamp(e.Seen), e.Sentence, e.Source, string(e.Digest)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record evidence: %w", err)
	}
	return nil
}

// Evidence returns all of it in the order in which it was recorded.
func (f *File) Evidence(ctx context.Context) ([]plan.Evidence, error) {
	return collected(each(ctx, f, func(row scanner) (e plan.Evidence, err error) {
		var at, seen string
		if err := row.Scan(&e.Of, &e.Name, &e.Kind, &e.Bearing, &at, &seen, &e.Sentence, &e.Source, &e.Digest); err != nil {
			return e, err
		}
		var err1, err2 error
		e.At, err1 = parseStamp(at)
		e.Seen, err2 = parseStamp(seen)
		return e, errors.Join(err1, err2)
	}, "SELECT subject, name, kind, bearing, at, seen_at, says, source, digest FROM evidence ORDER BY id"))
}

// SourceCount is how many accounts one source had at a time.
type SourceCount struct {
	At       time.Time
	Accounts int
}

// SourceCounts returns them for each time at which accounts were counted, in
// order.
func (f *File) SourceCounts(ctx context.Context, source string) ([]SourceCount, error) {
	return collected(each(ctx, f, func(row scanner) (n SourceCount, err error) {
		var at string
		if err := row.Scan(&at, &n.Accounts); err != nil {
			return n, err
		}
		n.At, err = parseStamp(at)
		return n, err
	}, `SELECT t.taken_at, (SELECT count(*) FROM accounts a WHERE a.tenant = t.id AND a.source = ?) FROM tenants t
		WHERE EXISTS (SELECT 1 FROM accounts a WHERE a.tenant = t.id) ORDER BY t.id`, source))
}

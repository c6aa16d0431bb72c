package checkpoints

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"ldap2scim/plan"
)

// Snapshot is the head of a stored snapshot.
type Snapshot struct {
	ID     int64       `json:"id"`
	Digest plan.Digest `json:"digest"`
	Taken  time.Time   `json:"taken"`
	Source string      `json:"source"`
	Proof  plan.Proof  `json:"proof"`
	// Entries counts what is stored, by kind.
	Entries map[plan.Kind]int `json:"entries"`
}

// SaveSnapshot stores what read gives to add, with the proof that it returns,
// as one snapshot. When read or ctx ends with an error, nothing is stored. Of
// several entries with one ID the first is kept.
func (f *File) SaveSnapshot(ctx context.Context, source string, taken time.Time, read func(add func(plan.Entry) error) (plan.Proof, error)) (Snapshot, error) {
	s := Snapshot{Taken: taken.UTC(), Source: source}
	err := f.write(ctx, func(tx *sql.Tx) (err error) {
		if s.ID, err = insert(ctx, tx, "INSERT INTO snapshots (digest, taken_at, source, complete, proof) VALUES ('', ?, ?, 0, '')", stamp(taken), source); err != nil {
			return err
		}
		l, err := load(ctx, f, tx, entrySide(), s.ID, read, new(encoder).entry)
		s.Digest, s.Proof, s.Entries = l.digest, l.proof, l.counts
		if err != nil {
			return err
		}
		return seal(ctx, tx, "snapshots", s.ID, l)
	})
	if err != nil {
		return Snapshot{}, fmt.Errorf("save snapshot: %w", err)
	}
	return s, nil
}

func entrySide() side {
	return side{
		rows: "entry_rows", columns: []string{"dn", "key", "attrs", "members", "uid", "member_uids", "inactive", "flaws"},
		ids: "entry_ids", owner: "snapshot", keys: []string{"id"},
	}
}

// LastSnapshot returns the newest snapshot; the error wraps [ErrNone] when
// there is none.
func (f *File) LastSnapshot(ctx context.Context) (Snapshot, error) {
	return f.snapshot(ctx, "ORDER BY id DESC LIMIT 1")
}

// SnapshotBefore returns the newest snapshot before the one with this ID.
func (f *File) SnapshotBefore(ctx context.Context, id int64) (Snapshot, error) {
	return f.snapshot(ctx, "WHERE id < ? ORDER BY id DESC LIMIT 1", id)
}

// SnapshotByDigest returns the newest snapshot whose digest begins with prefix.
func (f *File) SnapshotByDigest(ctx context.Context, prefix string) (Snapshot, error) {
	return f.snapshot(ctx, "WHERE substr(digest, 1, length(?1)) = ?1 AND ?1 <> '' ORDER BY id DESC LIMIT 1", prefix)
}

// Snapshot returns the snapshot with this ID.
func (f *File) Snapshot(ctx context.Context, id int64) (Snapshot, error) {
	return f.snapshot(ctx, "WHERE id = ?", id)
}

func (f *File) snapshot(ctx context.Context, which string, args ...any) (Snapshot, error) {
	s := Snapshot{Entries: map[plan.Kind]int{}}
	var taken, proof string
	err := f.head(ctx, "snapshot", "SELECT id, digest, taken_at, source, proof FROM snapshots "+which, args, &s.ID, &s.Digest, &taken, &s.Source, &proof)
	if err != nil {
		return Snapshot{}, err
	}
	if s.Taken, err = parseStamp(taken); err != nil {
		return Snapshot{}, fmt.Errorf("read snapshot %d: %w", s.ID, err)
	}
	if err := json.Unmarshal([]byte(proof), &s.Proof); err != nil {
		return Snapshot{}, fmt.Errorf("read snapshot %d: proof: %w", s.ID, err)
	}
	return s, f.count(ctx, s.Entries, "SELECT kind, count(*) FROM entry_ids WHERE snapshot = ? GROUP BY kind", s.ID)
}

// PeopleBefore counts the people of the newest complete snapshot before the
// one with this ID; 0 when there is none.
func (f *File) PeopleBefore(ctx context.Context, id int64) (int, error) {
	var n int
	err := f.db.QueryRowContext(ctx, `SELECT count(*) FROM entry_ids WHERE kind = 'person' AND snapshot =
		(SELECT max(id) FROM snapshots WHERE id < ? AND complete)`, id).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the people of the snapshot before %d: %w", id, err)
	}
	return n, nil
}

// Entries yields a snapshot's entries of one kind in the order of their IDs,
// groups without their members.
func (f *File) Entries(ctx context.Context, snapshot int64) func(plan.Kind) iter.Seq2[plan.Entry, error] {
	return func(k plan.Kind) iter.Seq2[plan.Entry, error] {
		return f.entries(ctx, snapshot, k, "NULL", "NULL")
	}
}

// Groups yields a snapshot's groups with their members, in the same order.
func (f *File) Groups(ctx context.Context, snapshot int64) iter.Seq2[plan.Entry, error] {
	return f.entries(ctx, snapshot, plan.Group, "r.members", "r.member_uids")
}

// entries reads the columns members and uids as they are named. It reads the tables
// and not the view, since each column that is NULL costs a third of one that
// holds something.
func (f *File) entries(ctx context.Context, snapshot int64, k plan.Kind, members, uids string) iter.Seq2[plan.Entry, error] {
	return each(ctx, f, scanEntry(k), "SELECT i.id, r.dn, r.key, r.attrs, "+members+", r.uid, "+uids+`, r.inactive, r.flaws
		FROM entry_ids i JOIN entry_rows r ON r.place = i.place WHERE i.snapshot = ? AND i.kind = ? ORDER BY i.id`, snapshot, string(k))
}

func scanEntry(k plan.Kind) func(scanner) (plan.Entry, error) {
	return func(row scanner) (plan.Entry, error) {
		e := plan.Entry{Kind: k}
		var attrs string
		var members, memberUIDs, uid, inactive, flaws any
		err := row.Scan(&e.ID, &e.DN, &e.Key, &attrs, &members, &uid, &memberUIDs, &inactive, &flaws)
		if err != nil {
			return e, err
		}
		if e.Attrs, err = decodeAttrs(attrs); err != nil {
			return e, err
		}
		e.UID, e.Inactive = text(uid), text(inactive)
		return e, errors.Join(fromList(text(members), &e.Members), fromList(text(memberUIDs), &e.MemberUIDs), fromList(text(flaws), &e.Flaws))
	}
}

func (f *File) count(ctx context.Context, into map[plan.Kind]int, query string, args ...any) error {
	type row struct {
		kind plan.Kind
		n    int
	}
	for r, err := range each(ctx, f, func(s scanner) (r row, err error) { return r, s.Scan(&r.kind, &r.n) }, query, args...) {
		if err != nil {
			return err
		}
		into[r.kind] = r.n
	}
	return nil
}

// insert adds a row and returns its id.
func insert(ctx context.Context, tx *sql.Tx, query string, args ...any) (int64, error) {
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// seal writes what is known of a read only at its end.
func seal(ctx context.Context, tx *sql.Tx, table string, id int64, l loaded) error {
	proof, err := asJSON(l.proof)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE "+table+" SET digest = ?, complete = ?, proof = ? WHERE id = ?", string(l.digest), l.proof.Complete, proof, id)
	return err
}

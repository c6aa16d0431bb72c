package checkpoints

import (
	"context"
	"database/sql"
	"encoding/json"
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
// several entries with one ID the first is kept. A snapshot that is as an
// earlier one shares its entries.
func (f *File) SaveSnapshot(ctx context.Context, source string, taken time.Time, read func(add func(plan.Entry) error) (plan.Proof, error)) (Snapshot, error) {
	s := Snapshot{Taken: taken.UTC(), Source: source}
	err := f.write(ctx, func(tx *sql.Tx) error {
		// The head is written last, when all is known: a page that is written
		// early and changed late makes SQLite go over the whole log again.
		_, err := tx.ExecContext(ctx, "PRAGMA defer_foreign_keys = 1")
		if err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM snapshots").Scan(&s.ID); err != nil {
			return err
		}
		l, err := entryBlocks().load(ctx, f, tx, s.ID, read)
		if err != nil {
			return err
		}
		s.Digest, s.Proof, s.Entries = l.digest, l.proof, l.counts
		proof, err := asJSON(s.Proof)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO snapshots (id, digest, taken_at, source, complete, proof, checksum, same_as) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			s.ID, string(s.Digest), stamp(taken), source, s.Proof.Complete, proof, l.checksum, unless(l.sameAs, 0))
		return err
	})
	if err == nil {
		err = f.keepLog(ctx)
	}
	if err != nil {
		return Snapshot{}, fmt.Errorf("save snapshot: %w", err)
	}
	return s, nil
}

func entryBlocks() shelf[plan.Entry] {
	return shelf[plan.Entry]{
		heads:  "snapshots",
		weigh:  plan.Entry.Weight,
		pack:   (*packer).pack,
		insert: "INSERT INTO entry_blocks (snapshot, kind, first, entries, body, members) VALUES (?, ?, ?, ?, ?, ?)",
		row:    func(b block) []any { return []any{string(b.first), b.objects, b.body, unless(b.members, "")} },
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
	return s, f.count(ctx, s.Entries, "SELECT kind, sum(entries) FROM entry_blocks WHERE snapshot = "+entriesOf+" GROUP BY kind", s.ID)
}

// PeopleBefore counts the people of the newest complete snapshot before the
// one with this ID; 0 when there is none.
func (f *File) PeopleBefore(ctx context.Context, id int64) (int, error) {
	var n int
	err := f.db.QueryRowContext(ctx, `SELECT coalesce(sum(entries), 0) FROM entry_blocks WHERE kind = 'person' AND snapshot =
		(SELECT coalesce(same_as, id) FROM snapshots WHERE id < ? AND complete ORDER BY id DESC LIMIT 1)`, id).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the people of the snapshot before %d: %w", id, err)
	}
	return n, nil
}

// Entries yields a snapshot's entries of one kind in the order of their IDs,
// groups without their members.
func (f *File) Entries(ctx context.Context, snapshot int64) func(plan.Kind) iter.Seq2[plan.Entry, error] {
	return func(k plan.Kind) iter.Seq2[plan.Entry, error] {
		return f.entries(ctx, k, "SELECT body, NULL FROM entry_blocks WHERE snapshot = "+entriesOf+" AND kind = ? ORDER BY first", snapshot, string(k))
	}
}

// Groups yields a snapshot's groups with their members, in the same order.
func (f *File) Groups(ctx context.Context, snapshot int64) iter.Seq2[plan.Entry, error] {
	return f.entries(ctx, plan.Group, "SELECT body, members FROM entry_blocks WHERE snapshot = "+entriesOf+" AND kind = 'group' ORDER BY first", snapshot)
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

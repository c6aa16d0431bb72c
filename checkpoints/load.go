package checkpoints

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// The objects of the destination are looked up one by one too, and are kept in
// two tables: rows, in the order of writing, and IDs in their order, each with
// the place of its row. Rows are written as they come, and cost the same however
// many there are; IDs are written at the end, when their order is known. A batch of rows is put in order before it is written, so that reading
// all in order goes through a few parts of the file side by side and does not
// jump about in it.
type side struct {
	rows, ids string // the tables
	// columns are those of rows; owner, and keys beside the kind, those of ids.
	columns []string
	owner   string
	keys    []string
}

// object is one of them.
type object struct {
	objectKey
	row     []any  // as side.columns
	element []byte // what the digest is made of; the next object may overwrite it
}

// stored is one that is stored: where its row is, and the digest of its content.
type stored struct {
	objectKey
	place int64
	sum   [sha256.Size]byte
}

func (s stored) compare(o stored) int {
	return cmp.Or(s.objectKey.compare(o.objectKey), cmp.Compare(s.place, o.place))
}

// loaded is what a reading came to.
type loaded struct {
	digest plan.Digest
	proof  plan.Proof
	counts map[plan.Kind]int
}

// A batch is written when it has so many objects or bytes.
const (
	batchObjects = 4096
	batchBytes   = 4 << 20
)

// load stores what read gives, beside the reading, as encode makes it. Of
// several objects with one key the first is kept.
func load[T any](ctx context.Context, f *File, tx *sql.Tx, to side, owner int64, read func(add func(T) error) (plan.Proof, error), encode func(T) (object, error)) (v loaded, err error) {
	l := loader{tx: tx, to: to, rows: map[string]*inserter{}, ids: ordered{folder: f.folder}}
	defer func() {
		if closed := l.ids.close(); err == nil {
			err = closed
		}
	}()
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(place), 0) FROM "+to.rows).Scan(&l.place); err != nil {
		return v, err
	}
	err = plan.Pipe(func(put func(T) error) (err error) {
		v.proof, err = read(put)
		return err
	}, func(one T) error {
		o, err := encode(one)
		if err != nil {
			return err
		}
		return l.add(ctx, o)
	})
	if err != nil {
		return v, err
	}
	v.digest, v.counts, err = l.end(ctx, owner)
	return v, err
}

// loader stores one side.
type loader struct {
	tx *sql.Tx
	to side
	// rows inserts rows with some of the columns, by their names.
	rows  map[string]*inserter
	place int64 // of the last row
	ids   ordered
	// batch are the objects that wait, with their numbers in the batch for
	// places, and args the columns of their rows.
	batch []stored
	args  []any
	bytes int
	// key and value are the record of one object.
	key, value []byte
}

func (l *loader) add(ctx context.Context, o object) error {
	l.batch = append(l.batch, stored{objectKey: o.objectKey, place: int64(len(l.batch)), sum: sha256.Sum256(o.element)})
	l.args = append(l.args, o.row...)
	if l.bytes += len(o.element); len(l.batch) < batchObjects && l.bytes < batchBytes {
		return nil
	}
	return l.write(ctx)
}

// write writes the rows of the batch in the order of their keys.
func (l *loader) write(ctx context.Context) error {
	if err := ctx.Err(); err != nil || len(l.batch) == 0 {
		return err
	}
	// The driver starts a goroutine for each statement that can be cancelled,
	// which costs as much as the statement.
	ctx = context.WithoutCancel(ctx)
	slices.SortFunc(l.batch, stored.compare)
	l.batch = slices.CompactFunc(l.batch, func(a, b stored) bool { return a.objectKey == b.objectKey })
	used := l.used()
	rows := l.inserter(used)
	row := make([]any, len(used))
	for i := range l.batch {
		first := int(l.batch[i].place) * len(l.to.columns)
		for j, c := range used {
			row[j] = l.args[first+c]
		}
		if err := rows.add(ctx, row...); err != nil {
			return fmt.Errorf("write to %s: %w", l.to.rows, err)
		}
		// SQLite gives each row the place after the last.
		l.place++
		l.batch[i].place = l.place
	}
	if err := rows.flush(ctx); err != nil {
		return fmt.Errorf("write to %s: %w", l.to.rows, err)
	}
	for _, s := range l.batch {
		l.key = s.objectKey.append(l.key[:0])
		l.value = append(binary.BigEndian.AppendUint64(l.value[:0], uint64(s.place)), s.sum[:]...)
		if err := l.ids.add(l.key, l.value); err != nil {
			return err
		}
	}
	clear(l.args)
	clear(l.batch)
	l.batch, l.args, l.bytes = l.batch[:0], l.args[:0], 0
	return nil
}

// used returns the columns that some row of the batch has a value for. Most
// people have a few of them.
func (l *loader) used() []int {
	var used []int
	n := len(l.to.columns)
	for c := range n {
		for at := c; at < len(l.args); at += n {
			if l.args[at] != nil {
				used = append(used, c)
				break
			}
		}
	}
	return used
}

func (l *loader) inserter(used []int) *inserter {
	names := make([]string, len(used))
	for i, c := range used {
		names[i] = l.to.columns[c]
	}
	key := strings.Join(names, " ")
	if l.rows[key] == nil {
		l.rows[key] = newInserter(l.tx, l.to.rows, names)
	}
	return l.rows[key]
}

// end writes the IDs in their order.
func (l *loader) end(ctx context.Context, owner int64) (plan.Digest, map[plan.Kind]int, error) {
	if err := l.write(ctx); err != nil {
		return "", nil, err
	}
	ctx = context.WithoutCancel(ctx)
	counts, digest := map[plan.Kind]int{}, plan.SetDigest{}
	columns := slices.Concat([]string{l.to.owner, "kind"}, l.to.keys, []string{"place"})
	ids := newInserter(l.tx, l.to.ids, columns) // of one kind
	var before stored
	row := make([]any, 0, len(columns))
	err := plan.Pipe(l.inOrder, func(s stored) error {
		if s.objectKey == before.objectKey { // of an earlier batch
			_, err := l.tx.ExecContext(ctx, "DELETE FROM "+l.to.rows+" WHERE place = ?", s.place)
			return err
		}
		if s.kind != before.kind {
			if err := ids.flush(ctx); err != nil {
				return err
			}
			ids = newInserter(l.tx, l.to.ids, columns, owner, string(s.kind))
		}
		before = s
		counts[s.kind]++
		digest.Add(s.sum)
		row = append(row[:0], string(s.id), string(s.remote))[:len(l.to.keys)]
		return ids.add(ctx, append(row, s.place)...)
	})
	if err == nil {
		err = ids.flush(ctx)
	}
	return digest.Digest(), counts, err
}

// inOrder puts all that is stored, in the order of the keys.
func (l *loader) inOrder(put func(stored) error) error {
	return l.ids.each(func(key, value []byte) error {
		k, err := readObjectKey(key)
		if err != nil {
			return err
		}
		s := stored{objectKey: k, place: int64(binary.BigEndian.Uint64(value))}
		copy(s.sum[:], value[8:])
		return put(s)
	})
}

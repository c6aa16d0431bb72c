package checkpoints

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"ldap2scim/plan"
)

// The entries of a snapshot are kept in the order of their kinds and IDs, many
// to a row: a row costs as much as a dozen entries in it, and what reads a
// snapshot reads it in order. They come in another order, and go through a file
// beside the state file that puts them into this one.

// A block ends with the entry that makes it so large. It has text, in bytes,
// and members, since few groups may be larger than many people.
const (
	blockText    = 64 << 10
	blockMembers = 256 << 10
)

// loadEntries stores what read gives as the entries of a snapshot. Of several
// entries with one kind and ID the first is kept.
func loadEntries(ctx context.Context, f *File, tx *sql.Tx, snapshot int64, read func(add func(plan.Entry) error) (plan.Proof, error)) (v loaded, err error) {
	all := ordered{folder: f.folder}
	defer func() {
		if closed := all.close(); err == nil {
			err = closed
		}
	}()
	var p packer
	err = plan.Pipe(func(put func(plan.Entry) error) (err error) {
		v.proof, err = read(put)
		return err
	}, func(e plan.Entry) error {
		if err := p.pack(e); err != nil {
			return err
		}
		return all.add(p.key, p.value)
	})
	if err != nil {
		return v, err
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO entry_blocks (snapshot, kind, first, entries, body, members) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return v, err
	}
	v.counts = map[plan.Kind]int{}
	var digest plan.SetDigest
	err = plan.PipeLarge(func(put func(block) error) error {
		return inBlocks(&all, &digest, put)
	}, func(b block) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		v.counts[b.kind] += b.entries
		// The driver starts a goroutine for each statement that can be cancelled.
		if _, err := insert.ExecContext(context.WithoutCancel(ctx), snapshot, string(b.kind), string(b.first), b.entries, b.body, unless(b.members, "")); err != nil {
			return fmt.Errorf("write entries: %w", err)
		}
		return nil
	})
	v.digest = digest.Digest()
	return v, err
}

// block is a row of entry_blocks.
type block struct {
	kind    plan.Kind
	first   plan.ExternalID
	entries int
	// body is the list of the entries in JSON, members that of their members, or
	// "" where no entry has any.
	body, members string
}

// inBlocks puts the entries of all, of several with one key the first, in
// blocks, and adds them to the digest.
func inBlocks(all *ordered, digest *plan.SetDigest, put func(block) error) error {
	var b builder
	var before []byte
	err := all.each(func(key, value []byte) error {
		if bytes.Equal(key, before) {
			return nil
		}
		before = append(before[:0], key...)
		one := readPacked(value)
		digest.Add(one.sum)
		return b.add(key, one, put)
	})
	if err != nil {
		return err
	}
	return b.end(put)
}

// builder makes blocks of entries. The zero value is ready.
type builder struct {
	block
	text, members []byte
}

func (b *builder) add(key []byte, one packed, put func(block) error) error {
	if kind := key[:textEnd(key)]; len(b.text) >= blockText || len(b.members) >= blockMembers || string(b.kind) != string(kind) {
		if err := b.end(put); err != nil {
			return err
		}
	}
	if b.entries == 0 {
		k, err := readObjectKey(key)
		if err != nil {
			return err
		}
		b.kind, b.first = k.kind, k.id
	}
	b.text = append(append(b.text, separator('[', b.entries)), one.entry...)
	if len(one.members) > 0 && len(b.members) == 0 {
		for i := range b.entries {
			b.members = append(append(b.members, separator('[', i)), noMembers...)
		}
	}
	switch {
	case len(one.members) > 0:
		b.members = append(append(b.members, separator('[', b.entries)), one.members...)
	case len(b.members) > 0:
		b.members = append(append(b.members, separator('[', b.entries)), noMembers...)
	}
	b.entries++
	return nil
}

// noMembers stands where the entries before or after have members.
const noMembers = "[]"

// separator is what stands before the i-th of what begins with open.
func separator(open byte, i int) byte {
	if i == 0 {
		return open
	}
	return ','
}

// end puts what there is.
func (b *builder) end(put func(block) error) error {
	if b.entries == 0 {
		return nil
	}
	done := b.block
	done.body = string(append(b.text, ']'))
	if len(b.members) > 0 {
		done.members = string(append(b.members, ']'))
	}
	b.block, b.text, b.members = block{}, b.text[:0], b.members[:0]
	return put(done)
}

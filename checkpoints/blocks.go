package checkpoints

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"ldap2scim/plan"
)

// The entries of a snapshot and the resources of an inventory are kept in the
// order of their kinds and IDs, many to a row: a row costs as much as a dozen of
// them in it, and what reads them reads them in order. They come in another
// order, and go through a file beside the state file that puts them into this
// one.

// A block ends with the entry that makes it so large. It has text, in bytes,
// and members, since few groups may be larger than many people.
const (
	blockText    = 64 << 10
	blockMembers = 256 << 10
)

// shelf is a table of blocks.
type shelf[T any] struct {
	heads  string      // the table of the owners
	weigh  func(T) int // for the pipe from the reading
	pack   func(*packer, T) error
	insert string            // a row
	row    func(block) []any // its columns behind the owner's ID
}

// loaded is what was stored.
type loaded struct {
	digest plan.Digest
	proof  plan.Proof
	counts map[plan.Kind]int
	// checksum is of the objects as they are stored, in any order.
	checksum int64
	// sameAs is the earlier owner of the same objects, whose blocks these are, or 0.
	sameAs int64
}

// load stores what read gives, beside the reading, unless it is stored already.
// Of several objects with one key the first is kept.
func (to shelf[T]) load(ctx context.Context, f *File, tx *sql.Tx, owner int64, read func(add func(T) error) (plan.Proof, error)) (v loaded, err error) {
	all := ordered{folder: f.folder}
	defer func() {
		if closed := all.close(); err == nil {
			err = closed
		}
	}()
	var p packer
	err = plan.PipeWeighed(to.weigh, func(put func(T) error) (err error) {
		v.proof, err = read(put)
		return err
	}, func(one T) error {
		if err := to.pack(&p, one); err != nil {
			return err
		}
		v.checksum += checksum(p.key, p.value)
		return all.add(p.key, p.value)
	})
	if err != nil {
		return v, err
	}
	if found, err := to.same(ctx, tx, &all, &v); found || err != nil {
		return v, err
	}
	insert, err := tx.PrepareContext(ctx, to.insert)
	if err != nil {
		return v, err
	}
	v.counts = map[plan.Kind]int{}
	var digest plan.SetDigest
	err = plan.PipeWeighed(block.weight, func(put func(block) error) error {
		return inBlocks(&all, &digest, put)
	}, func(b block) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		v.counts[b.kind] += b.objects
		// The driver starts a goroutine for each statement that can be cancelled.
		if _, err := insert.ExecContext(context.WithoutCancel(ctx), append([]any{owner, string(b.kind)}, to.row(b)...)...); err != nil {
			return fmt.Errorf("write what was read: %w", err)
		}
		return nil
	})
	v.digest = digest.Digest()
	return v, err
}

// block is a row of a shelf.
type block struct {
	kind    plan.Kind
	number  int // in the order of the blocks of one kind, from 1
	first   plan.ExternalID
	objects int
	held    int // memberships
	// body is the list of the objects in JSON, members that of their members, or
	// "" where none has any.
	body, members string
}

func (b block) weight() int { return plan.TextWeight(len(b.body) + len(b.members)) }

// inBlocks puts the objects of all, of several with one key the first, in
// blocks, and adds them to the digest.
func inBlocks(all *ordered, digest *plan.SetDigest, put func(block) error) error {
	var b builder
	err := distinct(all, func(key []byte, one packed) error {
		digest.Add(one.sum)
		return b.add(key, one, put)
	})
	if err != nil {
		return err
	}
	return b.end(put)
}

// distinct calls do on all objects in order, of several with one key on the
// first.
func distinct(all *ordered, do func(key []byte, one packed) error) error {
	var before []byte
	return all.each(func(key, value []byte) error {
		if bytes.Equal(key, before) {
			return nil
		}
		before = append(before[:0], key...)
		return do(key, readPacked(value))
	})
}

// builder makes blocks. The zero value is ready.
type builder struct {
	block
	text, members strings.Builder
}

func (b *builder) add(key []byte, one packed, put func(block) error) error {
	if b.text.Len() >= blockText || b.members.Len() >= blockMembers || !b.holds(key) {
		if err := b.end(put); err != nil {
			return err
		}
	}
	if b.objects == 0 {
		k, err := readObjectKey(key)
		if err != nil {
			return err
		}
		if k.kind != b.kind {
			b.number = 0
		}
		b.number++
		b.kind, b.first = k.kind, k.id
		b.text.Grow(blockText + blockText/16)
	}
	b.text.WriteByte(separator('[', b.objects))
	b.text.Write(one.object)
	b.addMembers(one.members)
	b.held += one.held
	b.objects++
	return nil
}

// addMembers adds the members of the object that is being added.
func (b *builder) addMembers(members []byte) {
	if len(members) == 0 && b.members.Len() == 0 {
		return
	}
	if b.members.Len() == 0 {
		for i := range b.objects {
			b.members.WriteByte(separator('[', i))
			b.members.WriteString(noMembers)
		}
	}
	b.members.WriteByte(separator('[', b.objects))
	if len(members) == 0 {
		b.members.WriteString(noMembers)
		return
	}
	b.members.Grow(len(members) + 1)
	b.members.Write(members)
}

// holds reports that an object with this key may be in the block: it holds
// objects of one kind, and with an ID of ours or without.
func (b *builder) holds(key []byte) bool {
	end := textEnd(key)
	isOurs := !bytes.HasPrefix(key[end+len(endOfText):], []byte(endOfText))
	return string(key[:end]) == string(b.kind) && isOurs == (b.first != "")
}

// noMembers stands where the objects before or after have members.
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
	if b.objects == 0 {
		return nil
	}
	done := b.block
	b.text.WriteByte(']')
	done.body = b.text.String()
	if b.members.Len() > 0 {
		b.members.WriteByte(']')
		done.members = b.members.String()
	}
	b.block = block{kind: b.kind, number: b.number}
	b.text.Reset()
	b.members.Reset()
	return put(done)
}

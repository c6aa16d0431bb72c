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

// Inventory is the head of a stored inventory.
type Inventory struct {
	ID          int64
	Digest      plan.Digest
	Taken       time.Time
	Destination string
	Proof       plan.Proof
	// Resources counts what is stored, by kind.
	Resources map[plan.Kind]int
}

// SaveInventory stores what read gives to add, with the proof that it returns,
// as one inventory. When read or ctx ends with an error, nothing is stored. One
// that is as an earlier one shares its resources.
func (f *File) SaveInventory(ctx context.Context, destination string, taken time.Time, read func(add func(plan.Resource) error) (plan.Proof, error)) (Inventory, error) {
	v := Inventory{Taken: taken.UTC(), Destination: destination}
	err := f.write(ctx, func(tx *sql.Tx) (err error) {
		// As with a snapshot, the head is written last.
		if _, err := tx.ExecContext(ctx, "PRAGMA defer_foreign_keys = 1"); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM inventories").Scan(&v.ID); err != nil {
			return err
		}
		l, err := resourceBlocks().load(ctx, f, tx, v.ID, read)
		if err != nil {
			return err
		}
		v.Digest, v.Proof, v.Resources = l.digest, l.proof, l.counts
		proof, err := asJSON(v.Proof)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO inventories (id, digest, taken_at, destination, complete, proof, checksum, same_as) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			v.ID, string(v.Digest), stamp(taken), destination, v.Proof.Complete, proof, l.checksum, unless(l.sameAs, 0))
		return err
	})
	if err != nil {
		return Inventory{}, fmt.Errorf("save inventory: %w", err)
	}
	return v, nil
}

func resourceBlocks() shelf[plan.Resource] {
	return shelf[plan.Resource]{
		heads:  "inventories",
		weigh:  plan.Resource.Weight,
		pack:   (*packer).packResource,
		insert: "INSERT INTO resource_blocks (inventory, kind, number, first, resources, memberships, body, members) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		row: func(b block) []any {
			return []any{b.number, string(b.first), b.objects, b.held, b.body, unless(b.members, "")}
		},
	}
}

// Inventory returns the inventory with this ID; the error wraps [ErrNone] when
// there is none.
func (f *File) Inventory(ctx context.Context, id int64) (Inventory, error) {
	v := Inventory{Resources: map[plan.Kind]int{}}
	var taken, proof string
	err := f.head(ctx, fmt.Sprintf("inventory %d", id), "SELECT id, digest, taken_at, destination, proof FROM inventories WHERE id = ?", []any{id}, &v.ID, &v.Digest, &taken, &v.Destination, &proof)
	if err != nil {
		return Inventory{}, err
	}
	if v.Taken, err = parseStamp(taken); err != nil {
		return Inventory{}, fmt.Errorf("read inventory %d: %w", id, err)
	}
	if err := json.Unmarshal([]byte(proof), &v.Proof); err != nil {
		return Inventory{}, fmt.Errorf("read inventory %d: proof: %w", id, err)
	}
	return v, f.count(ctx, v.Resources, "SELECT kind, sum(resources) FROM resource_blocks WHERE inventory = "+resourcesOf+" GROUP BY kind", id)
}

// Owned yields an inventory's resources of one kind that bear an externalId,
// in the order of it, groups without their members.
func (f *File) Owned(ctx context.Context, inventory int64) func(plan.Kind) iter.Seq2[plan.Resource, error] {
	return func(k plan.Kind) iter.Seq2[plan.Resource, error] {
		return f.resources(ctx, k, noMembersRead+ownedBlocks, inventory, string(k))
	}
}

// Unowned yields those that bear none, in the order of the remote id.
func (f *File) Unowned(ctx context.Context, inventory int64) func(plan.Kind) iter.Seq2[plan.Resource, error] {
	return func(k plan.Kind) iter.Seq2[plan.Resource, error] {
		return f.resources(ctx, k, noMembersRead+unownedBlocks, inventory, string(k))
	}
}

// HeldGroups yields an inventory's groups with their members.
func (f *File) HeldGroups(ctx context.Context, inventory int64) iter.Seq2[plan.Resource, error] {
	return f.resources(ctx, plan.Group, withMembers+allBlocks, inventory, string(plan.Group))
}

// Settings yields an inventory's settings with their members.
func (f *File) Settings(ctx context.Context, inventory int64) iter.Seq2[plan.Resource, error] {
	return f.resources(ctx, plan.Setting, withMembers+allBlocks, inventory, string(plan.Setting))
}

// Memberships counts the members of all groups of an inventory.
func (f *File) Memberships(ctx context.Context, inventory int64) (int, error) {
	n := 0
	err := f.db.QueryRowContext(ctx, "SELECT coalesce(sum(memberships), 0) FROM resource_blocks WHERE inventory = "+resourcesOf+" AND kind = 'group'", inventory).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the memberships of inventory %d: %w", inventory, err)
	}
	return n, nil
}

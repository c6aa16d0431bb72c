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
// as one inventory. When read or ctx ends with an error, nothing is stored.
func (f *File) SaveInventory(ctx context.Context, destination string, taken time.Time, read func(add func(plan.Resource) error) (plan.Proof, error)) (Inventory, error) {
	v := Inventory{Taken: taken.UTC(), Destination: destination}
	err := f.write(ctx, func(tx *sql.Tx) (err error) {
		if v.ID, err = insert(ctx, tx, "INSERT INTO inventories (digest, taken_at, destination, complete, proof) VALUES ('', ?, ?, 0, '')", stamp(taken), destination); err != nil {
			return err
		}
		l, err := load(ctx, f, tx, resourceSide(), v.ID, read, new(encoder).resource)
		v.Digest, v.Proof, v.Resources = l.digest, l.proof, l.counts
		if err != nil {
			return err
		}
		return seal(ctx, tx, "inventories", v.ID, l)
	})
	if err != nil {
		return Inventory{}, fmt.Errorf("save inventory: %w", err)
	}
	return v, nil
}

func resourceSide() side {
	return side{
		rows: "resource_rows", columns: []string{"version", "fields", "members"},
		ids: "resource_ids", owner: "inventory", keys: []string{"external_id", "remote_id"},
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
	return v, f.count(ctx, v.Resources, "SELECT kind, count(*) FROM resource_ids WHERE inventory = ? GROUP BY kind", id)
}

// Owned yields an inventory's resources of one kind that bear an externalId,
// in the order of it, groups without their members.
func (f *File) Owned(ctx context.Context, inventory int64) func(plan.Kind) iter.Seq2[plan.Resource, error] {
	return func(k plan.Kind) iter.Seq2[plan.Resource, error] {
		return f.resources(ctx, inventory, k, "NULL", "i.external_id <> '' ORDER BY i.external_id, i.remote_id")
	}
}

// Unowned yields those that bear none, in the order of the remote id.
func (f *File) Unowned(ctx context.Context, inventory int64) func(plan.Kind) iter.Seq2[plan.Resource, error] {
	return func(k plan.Kind) iter.Seq2[plan.Resource, error] {
		return f.resources(ctx, inventory, k, "NULL", "i.external_id = '' ORDER BY i.remote_id")
	}
}

// HeldGroups yields an inventory's groups with their members.
func (f *File) HeldGroups(ctx context.Context, inventory int64) iter.Seq2[plan.Resource, error] {
	return f.resources(ctx, inventory, plan.Group, "r.members", "true ORDER BY i.external_id, i.remote_id")
}

// Settings yields an inventory's settings with their members.
func (f *File) Settings(ctx context.Context, inventory int64) iter.Seq2[plan.Resource, error] {
	return f.resources(ctx, inventory, plan.Setting, "members", "true ORDER BY external_id, remote_id")
}

// resources reads the column members as it is named, and the tables instead of
// the view as [File.entries] does.
func (f *File) resources(ctx context.Context, inventory int64, k plan.Kind, members, which string, args ...any) iter.Seq2[plan.Resource, error] {
	return each(ctx, f, scanResource(k), "SELECT i.external_id, i.remote_id, r.version, r.fields, "+members+` FROM resource_ids i JOIN resource_rows r ON r.place = i.place
		WHERE i.inventory = ? AND i.kind = ? AND `+which, append([]any{inventory, string(k)}, args...)...)
}

func scanResource(k plan.Kind) func(scanner) (plan.Resource, error) {
	return func(row scanner) (plan.Resource, error) {
		r := plan.Resource{Kind: k}
		var fields string
		var members any
		err := row.Scan(&r.ExternalID, &r.RemoteID, &r.Version, &fields, &members)
		if err != nil {
			return r, err
		}
		if r.Fields, err = readObject(fields, plainString); err != nil {
			return r, fmt.Errorf("fields of %s: %w", r.RemoteID, err)
		}
		return r, fromList(text(members), &r.Members)
	}
}

package checkpoints

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"

	"ldap2scim/plan"
)

// Most readings of a directory or a service find it as it was. Such a snapshot or
// inventory has a head of its own, with its own proof, and the blocks of the
// earlier one.

// Whose blocks are those of the snapshot or the inventory in the first parameter.
const (
	entriesOf   = "(SELECT coalesce(same_as, id) FROM snapshots WHERE id = ?1)"
	resourcesOf = "(SELECT coalesce(same_as, id) FROM inventories WHERE id = ?1)"
)

// checksum is of one object as it is stored: also of what its digest leaves out,
// because it follows from the rest.
func checksum(key, value []byte) int64 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return int64(crc32.Update(crc32.Checksum(key, table), table, value))
}

// same looks for an earlier owner of the same objects, and completes v where
// there is one.
func (to shelf[T]) same(ctx context.Context, tx *sql.Tx, all *ordered, v *loaded) (bool, error) {
	var earlier int64
	var digest string
	err := tx.QueryRowContext(ctx, "SELECT id, digest FROM "+to.heads+" WHERE checksum = ? AND same_as IS NULL ORDER BY id DESC LIMIT 1", v.checksum).Scan(&earlier, &digest)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for the same among %s: %w", to.heads, err)
	}
	var sum plan.SetDigest
	var kind plan.Kind
	counts := map[plan.Kind]int{}
	err = distinct(all, func(key []byte, one packed) error {
		if text := key[:textEnd(key)]; string(text) != string(kind) {
			kind = plan.Kind(text)
		}
		counts[kind]++
		sum.Add(one.sum)
		return nil
	})
	if err != nil || string(sum.Digest()) != digest {
		return false, err
	}
	v.sameAs, v.digest, v.counts = earlier, sum.Digest(), counts
	return true, nil
}

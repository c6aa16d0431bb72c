package plan

import "crypto/sha256"

// key stands for a string in the planner's indexes, so that a million names
// cost sixteen bytes each. Two strings with one key would need a collision in
// half of SHA-256.
type key [16]byte

func keyOf(s string) key {
	var few [128]byte // most names and DNs need no memory of their own
	h := sha256.Sum256(append(few[:0], s...))
	return key(h[:16])
}

func nameKey(name string) key { return keyOf(Fold(name)) }

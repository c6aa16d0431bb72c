package plan

import "crypto/sha256"

// key stands for a string in the planner's indexes, so that a million names
// cost sixteen bytes each. Two strings with one key would need a collision in
// half of SHA-256.
type key [16]byte

func keyOf(s string) key {
	h := sha256.Sum256([]byte(s))
	return key(h[:16])
}

func nameKey(name string) key { return keyOf(Fold(name)) }

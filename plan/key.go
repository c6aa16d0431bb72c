package plan

import (
	"encoding/binary"
	"hash/maphash"
)

// key stands for a string in the planner's indexes, so that a million names
// cost sixteen bytes each. Nobody can choose two strings with one key, as those
// of each decision are others; no plan depends on them.
type key [16]byte

// keys makes the keys of one decision.
type keys struct{ low, high maphash.Seed }

func newKeys() keys { return keys{maphash.MakeSeed(), maphash.MakeSeed()} }

func (k keys) keyOf(s string) (of key) {
	binary.LittleEndian.PutUint64(of[:8], maphash.String(k.low, s))
	binary.LittleEndian.PutUint64(of[8:], maphash.String(k.high, s))
	return of
}

func (k keys) nameKey(name string) key { return k.keyOf(Fold(name)) }

//go:build soak

package migrate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestSoakTroubleOfEveryKind makes a thousand migrations in trouble.
func TestSoakTroubleOfEveryKind(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	for i := range uint64(1000) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			troubleOfEveryKind(t, rand.New(rand.NewPCG(seed, i)))
		})
	}
}

package ldapsrc_test

import (
	"runtime"
	"testing"

	"ldap2scim/plan"
)

// The heap at the end of a read must not depend on how many were read. The
// directory is in this process too, so what counts is the growth between the
// first page and the last.
func TestReadMemory(t *testing.T) {
	const n = 20_000
	c := config(start(t, company(n)))
	c.PageSize = 500
	var early, late uint64
	seen := 0
	_, err := open(t, c).Read(t.Context(), func(plan.Entry) error {
		switch seen++; seen {
		case 1000:
			early = heap()
		case n - 1000:
			late = heap()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Held, 18,000 entries would be 15 MB and more.
	if grown := int64(late) - int64(early); grown > 2<<20 {
		t.Errorf("the heap grew by %d bytes in %d entries", grown, n-2000)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

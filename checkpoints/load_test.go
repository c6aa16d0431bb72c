package checkpoints_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// A snapshot that does not fit into memory is in order, holds the first of
// several entries with one ID, and has the digest of what it holds. Nothing is
// left of those that were not kept, nor of what was used to put them in order.
func TestSnapshotOfManyRuns(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "s.db")
	f := open(t, path)
	random, long := rand.New(rand.NewPCG(7, 7)), strings.Repeat("x", 800)
	first := map[plan.ExternalID]plan.Entry{}
	var came []plan.Entry
	for i := range 20_000 {
		e := plan.Entry{Kind: plan.Person, ID: plan.ExternalID(fmt.Sprintf("%x", random.IntN(15_000))), DN: fmt.Sprintf("uid=%d", i), Attrs: map[string][]string{"description": {long}}}
		if _, again := first[e.ID]; !again {
			first[e.ID] = e
		}
		came = append(came, e)
	}
	group := plan.Entry{Kind: plan.Group, ID: came[0].ID, DN: "cn=g", Attrs: map[string][]string{}, Members: strings.Fields(strings.Repeat(long+" ", 10_000))}
	s := save(t, f, append(came, group)...)
	var want []plan.Entry
	for _, e := range first {
		want = append(want, e)
	}
	slices.SortFunc(want, func(a, b plan.Entry) int { return strings.Compare(string(a.ID), string(b.ID)) })
	if diff := cmp.Diff(want, collect(t, f.Entries(t.Context(), s.ID)(plan.Person))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]plan.Entry{group}, collect(t, f.Groups(t.Context(), s.ID))); diff != "" {
		t.Error(diff)
	}
	if s.Entries[plan.Person] != len(want) || s.Entries[plan.Group] != 1 {
		t.Errorf("counts %v, want %d people and a group", s.Entries, len(want))
	}
	if again := save(t, f, append([]plan.Entry{group}, want...)...); again.Digest != s.Digest {
		t.Errorf("digest %s, want that of the same entries without the others, %s", s.Digest, again.Digest)
	}
	if got := rows(t, path, "entries"); got != 2*(len(want)+1) {
		t.Errorf("%d rows for two snapshots of %d", got, len(want)+1)
	}
	if left, err := filepath.Glob(filepath.Join(folder, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left beside the state file: %q, %v", left, err)
	}
}

// rows counts the rows of a table beside whoever writes to it.
func rows(t *testing.T, path, table string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // nothing was written
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Who reads beside a snapshot in the making sees the one before, and when the
// making fails there is nothing of it.
func TestReaderBesideASnapshot(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	f := open(t, path)
	before := save(t, f, entries()...)
	broken := errors.New("hung up")
	_, err := f.SaveSnapshot(t.Context(), "x", at, func(add func(plan.Entry) error) (plan.Proof, error) {
		for i := range 20_000 {
			if err := add(plan.Entry{Kind: plan.Person, ID: plan.ExternalID(fmt.Sprint(i))}); err != nil {
				return plan.Proof{}, err
			}
		}
		r, err := checkpoints.OpenReader(t.Context(), path)
		if err != nil {
			return plan.Proof{}, err
		}
		defer r.Close() //nolint:errcheck // nothing was written
		if last, err := r.LastSnapshot(t.Context()); err != nil || last.Digest != before.Digest {
			t.Errorf("beside: %+v, %v", last, err)
		}
		return plan.Proof{}, broken
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if got := rows(t, path, "entries"); got != len(entries()) {
		t.Errorf("%d rows, want those of the snapshot before, %d", got, len(entries()))
	}
}

// Entries that do not fit into memory cannot be put in order where nothing can
// be written.
func TestNoRoomForOrder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	f := open(t, filepath.Join(folder, "s.db"))
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 1<<20)
	_, err := f.SaveSnapshot(t.Context(), "x", at, func(add func(plan.Entry) error) (plan.Proof, error) {
		for i := range 10 {
			if err := add(plan.Entry{Kind: plan.Person, ID: plan.ExternalID(fmt.Sprint(i)), DN: long}); err != nil {
				return plan.Proof{}, err
			}
		}
		return plan.Proof{Complete: true}, nil
	})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "put in order") {
		t.Errorf("got %v", err)
	}
}

// Memory does not grow with the number of entries that are stored.
func TestSnapshotMemory(t *testing.T) {
	const n = 30_000
	f := open(t, filepath.Join(t.TempDir(), "s.db"))
	var early, late uint64
	_, err := f.SaveSnapshot(t.Context(), "x", at, func(add func(plan.Entry) error) (plan.Proof, error) {
		long := strings.Repeat("x", 2000)
		for i := range n {
			switch i {
			case n / 5:
				early = heap()
			case n - 1:
				late = heap()
			}
			if err := add(plan.Entry{Kind: plan.Person, ID: plan.ExternalID(fmt.Sprint(i)), DN: long}); err != nil {
				return plan.Proof{}, err
			}
		}
		return plan.Proof{Complete: true}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Held, 24,000 entries would be 48 MB and more.
	if grown := int64(late) - int64(early); grown > 8<<20 {
		t.Errorf("the heap grew by %d bytes in %d entries", grown, n-n/5-1)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

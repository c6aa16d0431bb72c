package checkpoints_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

// saved is the path of a closed state file with a plan of which one step is
// marked.
func saved(t *testing.T) (string, checkpoints.Plan) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	f := open(t, path)
	p := savePlan(t, f)
	begin(t, f, p.ID, 1)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path, p
}

// patch writes bytes into a file.
func patch(t *testing.T, path string, at int64, b []byte) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedPages damages each page of a state file in turn: it is refused
// before anything is read from it, and left as it is.
func TestDamagedPages(t *testing.T) {
	t.Parallel()
	const page = 4096
	path, _ := saved(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := page; at < len(whole); at += page {
		content := bytes.Clone(whole)
		copy(content[at:], bytes.Repeat([]byte{0xa5}, 64))
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := checkpoints.Open(t.Context(), path)
		if !errors.Is(checkpoints.TroubleOf(err), checkpoints.ErrDamaged) {
			t.Errorf("page %d: %v", at/page+1, err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, content) {
			t.Errorf("page %d: the file has changed (%v)", at/page+1, err)
		}
	}
	if err := os.WriteFile(path, whole[:len(whole)-3*page], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := checkpoints.Open(t.Context(), path); !errors.Is(checkpoints.TroubleOf(err), checkpoints.ErrDamaged) {
		t.Errorf("the end is missing: %v", err)
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

// TestNoRoom: a transaction for which there is no room is not there at all, and
// what was written before is.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	path, p := saved(t)
	f := open(t, path)
	if err := f.Limit(t.Context()); err != nil {
		t.Fatal(err)
	}
	var full error
	runs := 0
	for ; full == nil && runs < 1000; runs++ {
		_, full = f.StartRun(t.Context(), p.ID, string(bytes.Repeat([]byte("v"), 1000)), at)
	}
	if !errors.Is(checkpoints.TroubleOf(full), checkpoints.ErrFull) {
		t.Fatalf("after %d runs: %v", runs, full)
	}
	if _, err := f.SavePlan(t.Context(), checkpoints.Plan{Made: at, Snapshot: p.Snapshot, Inventory: p.Inventory}, func(to plan.Sink) (plan.Summary, error) {
		return plan.Summary{}, to.Step(plan.Step{ID: "x", Name: string(bytes.Repeat([]byte("x"), 10000))})
	}); !errors.Is(checkpoints.TroubleOf(err), checkpoints.ErrFull) {
		t.Errorf("a plan: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, path)
	if all, err := f.Runs(t.Context(), p.ID); err != nil || len(all) != runs {
		t.Errorf("%d runs of %d, %v", len(all), runs, err)
	}
	if last, err := f.LastPlan(t.Context()); err != nil || last.ID != p.ID {
		t.Errorf("%+v, %v", last, err)
	}
}

// TestReadOnly: a file that may not be written is refused at the first writing.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	path, p := saved(t)
	// SQLite does not write to a file whose format for writing it does not
	// know (sqlite.org/fileformat2.html §1.3.3); root may write anywhere.
	patch(t, path, 18, []byte{9})
	f := open(t, path)
	if _, err := f.StartRun(t.Context(), p.ID, "v", at); !errors.Is(checkpoints.TroubleOf(err), checkpoints.ErrReadOnly) {
		t.Errorf("got %v", err)
	}
	if _, err := f.LastPlan(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestBusy: another program that writes is waited for, and then told of.
func TestBusy(t *testing.T) {
	t.Parallel()
	path, p := saved(t)
	f := open(t, path)
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close() //nolint:errcheck // nothing was written
	held, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close() //nolint:errcheck // nothing was written
	if _, err := held.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.StartRun(t.Context(), p.ID, "v", at); !errors.Is(checkpoints.TroubleOf(err), checkpoints.ErrBusy) {
		t.Errorf("got %v", err)
	}
	if _, err := held.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.StartRun(t.Context(), p.ID, "v", at); err != nil {
		t.Error(err)
	}
}

// BenchmarkOpen opens a state file of 100,000 small rows, all of whose pages are
// looked at.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "state.db")
	f, err := checkpoints.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		b.Fatal(err)
	}
	_, err = db.ExecContext(b.Context(), `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
		INSERT INTO journal_rows (plan, seq, state, run, attempts, remote_id, version, error, failure, said, at) SELECT 1, i, 'done', 1, 1, '5c1a0000-0000-4000-8000-000000000011', 'W/"1"', '', '', '', '2026-11-23T19:46:30.464172207Z' FROM n`)
	if err = errors.Join(err, db.Close()); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		f, err := checkpoints.Open(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

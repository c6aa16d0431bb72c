package checkpoints_test

import (
	"bytes"
	"database/sql"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/checkpoints"
	"ldap2scim/plan"
)

var update = flag.Bool("update", false, "rewrite the state file of the present version in testdata")

func open(t *testing.T, path string) *checkpoints.File {
	t.Helper()
	f, err := checkpoints.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) //nolint:errcheck // closed twice where a test closed it
	return f
}

func TestRefusesWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	foreign := func(pragma string) []byte {
		path := filepath.Join(t.TempDir(), "x.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE t (a); "+pragma); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, tt := range map[string]struct {
		content []byte
		want    error
	}{
		"text":           {[]byte("this is not a database, by any means at all\n"), checkpoints.ErrForeign},
		"other database": {foreign(""), checkpoints.ErrForeign},
		"other program":  {foreign("PRAGMA application_id = 7; PRAGMA user_version = 1"), checkpoints.ErrForeign},
		"newer version":  {foreign("PRAGMA application_id = 0x4c325343; PRAGMA user_version = 99"), checkpoints.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "state.db")
			if err := os.WriteFile(path, tt.content, 0o600); err != nil {
				t.Fatal(err)
			}
			for how, open := range map[string]func() (*checkpoints.File, error){
				"Open":       func() (*checkpoints.File, error) { return checkpoints.Open(t.Context(), path) },
				"OpenReader": func() (*checkpoints.File, error) { return checkpoints.OpenReader(t.Context(), path) },
			} {
				if _, err := open(); !errors.Is(err, tt.want) {
					t.Errorf("%s: got %v, want %v", how, err, tt.want)
				}
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, tt.content) {
				t.Errorf("the file has changed (%v)", err)
			}
		})
	}
}

func TestOneWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	f := open(t, path)
	if _, err := checkpoints.Open(t.Context(), path); !errors.Is(err, checkpoints.ErrLocked) {
		t.Errorf("second writer: got %v, want %v", err, checkpoints.ErrLocked)
	}
	r, err := checkpoints.OpenReader(t.Context(), path)
	if err != nil {
		t.Fatalf("a reader beside the writer: %v", err)
	}
	defer r.Close() //nolint:errcheck // nothing was written
	if _, err := r.StartRun(t.Context(), 1, "v", at); err == nil {
		t.Error("a reader could write")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestReadableByOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := open(t, filepath.Join(dir, "a b%3f?#.db")) // a name that a DSN must escape
	save(t, f, entries()...)
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, e := range files {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 && filepath.Ext(e.Name()) != ".lock" {
			t.Errorf("%s has mode %v", e.Name(), info.Mode())
		}
	}
}

// TestFirstSnapshotWithoutLog: the first snapshot of a new file is written in
// place, and what follows goes to a log, beside which the file can be read.
func TestFirstSnapshotWithoutLog(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	f := open(t, path)
	hasLog := func() bool {
		_, err := os.Stat(path + "-wal")
		return err == nil
	}
	if _, err := f.SaveSnapshot(t.Context(), "here", at, func(add func(plan.Entry) error) (plan.Proof, error) {
		if hasLog() {
			t.Error("the first snapshot goes to a log")
		}
		return plan.Proof{Complete: true}, add(entries()[0])
	}); err != nil {
		t.Fatal(err)
	}
	savePlan(t, f)
	if !hasLog() {
		t.Error("what follows goes to no log")
	}
}

func TestReaderNeedsAFile(t *testing.T) {
	t.Parallel()
	if _, err := checkpoints.OpenReader(t.Context(), filepath.Join(t.TempDir(), "none.db")); !errors.Is(err, checkpoints.ErrNone) {
		t.Errorf("got %v", err)
	}
}

// TestOldStateFiles opens a state file of every version there has been. Files
// are added to testdata with each version and never changed.
func TestOldStateFiles(t *testing.T) {
	t.Parallel()
	if *update {
		path := filepath.Join(t.TempDir(), "v.db")
		f := open(t, path)
		p := savePlan(t, f)
		begin(t, f, p.ID, 1)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		copyFile(t, path, filepath.Join("testdata", "v4.db"))
	}
	old, err := filepath.Glob("testdata/v*.db")
	if err != nil || len(old) == 0 {
		t.Fatalf("%v, %v", old, err)
	}
	for _, name := range old {
		path := filepath.Join(t.TempDir(), filepath.Base(name))
		copyFile(t, name, path)
		f := open(t, path)
		p, err := f.LastPlan(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if states, err := f.States(t.Context(), p.ID); err != nil || states[checkpoints.Sending] != 1 || states[checkpoints.Pending] != 2 {
			t.Errorf("%s: %v, %v", name, states, err)
		}
		if s, err := f.LastSnapshot(t.Context()); err != nil || s.Entries["person"] != 2 {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		if diff := cmp.Diff(entries()[2:], collect(t, f.Groups(t.Context(), p.Snapshot))); diff != "" && filepath.Base(name) != "v1.db" { // which knew no flaws
			t.Errorf("%s: %s", name, diff)
		}
		if held := collect(t, f.HeldGroups(t.Context(), p.Inventory)); len(held) != 1 || held[0].Members[0] != "r1" || held[0].ExternalID != "g" {
			t.Errorf("%s: %+v", name, held)
		}
		if found := collect(t, f.Findings(t.Context(), p.ID)); len(found) != 1 || found[0].Code != "P04" {
			t.Errorf("%s: %+v", name, found)
		}
		if _, err := f.Attestations(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

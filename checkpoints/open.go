package checkpoints

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"modernc.org/sqlite" // registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrLocked: another process is writing to the state file.
	ErrLocked = errors.New("another run holds the state file")
	// ErrForeign: the file is something else, or damaged in its first page.
	ErrForeign = errors.New("not a state file of ldap2scim")
	// ErrNewer: a newer version of the program wrote the file.
	ErrNewer = errors.New("written by a newer version of ldap2scim")
	// ErrOlder: an older version wrote the file, and it was opened for reading
	// only. Opening it for writing brings it up to date.
	ErrOlder = errors.New("written by an older version of ldap2scim")
	// ErrNone: there is no such record, or no state file to read one from.
	ErrNone = errors.New("nothing there")
)

// File is an open state file. Close it.
type File struct {
	db *sql.DB
	// readers are further connections, for sequences. Each keeps little of the
	// file in memory, as many may be open at a time; nil: db has them.
	readers *sql.DB
	lock    *flock.Flock
	// statements are those that a run uses again and again.
	statements statements
	// folder is where the file is, and what is written beside it.
	folder string
	// unlogged: the file is new, and keeps no write-ahead log yet.
	unlogged bool
}

// Open opens the state file at path for writing, and makes it (mode 0600) when
// it is not there. The error wraps [ErrLocked], [ErrForeign], [ErrNewer] or, for
// a file up to 32 MiB, [ErrDamaged] where that is the reason, and the file is
// then as it was. For other reasons see [TroubleOf].
func Open(ctx context.Context, path string) (_ *File, err error) {
	lock := flock.New(path + ".lock")
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock state file %s: %w", path, refused(err))
	}
	if !held {
		return nil, fmt.Errorf("state file %s: %w", path, ErrLocked)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.Unlock())
		}
	}()
	found, err := inspect(ctx, path)
	if err != nil {
		return nil, err
	}
	if found == 0 {
		if err := create(path); err != nil {
			return nil, err
		}
	}
	// A PRAGMA sent through the pool reaches one connection; in the DSN it
	// reaches each.
	settings := []string{"_txlock=immediate", "_pragma=synchronous(FULL)", "_pragma=foreign_keys(1)", "_pragma=busy_timeout(5000)", "_pragma=cache_size(-8192)"}
	if found > 0 {
		settings = append(settings, "_pragma=journal_mode(WAL)")
	}
	db, err := sql.Open("sqlite", dsn(path, settings...))
	if err != nil {
		return nil, fmt.Errorf("open state file %s: %w", path, err)
	}
	f := &File{db: db, lock: lock, folder: filepath.Dir(path), unlogged: found == 0}
	if found > 0 {
		if err := f.checkSmall(ctx, path); err != nil {
			return nil, errors.Join(fmt.Errorf("state file %s: %w", path, err), db.Close())
		}
	}
	if found < version() {
		if err := f.upgrade(ctx, found); err != nil {
			return nil, errors.Join(fmt.Errorf("lay out state file %s: %w", path, err), db.Close())
		}
	}
	if f.readers, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)", "_pragma=busy_timeout(5000)", "_pragma=cache_size(-2048)")); err != nil {
		return nil, errors.Join(fmt.Errorf("open state file %s: %w", path, err), db.Close())
	}
	return f, nil
}

// OpenReader opens an existing state file for reading only. It takes no lock
// and sees what was committed, also while a run is going.
func OpenReader(ctx context.Context, path string) (*File, error) {
	found, err := inspect(ctx, path)
	if err != nil {
		return nil, err
	}
	if found == 0 {
		return nil, fmt.Errorf("state file %s: %w", path, ErrNone)
	}
	if found < version() {
		return nil, fmt.Errorf("state file %s has format %d, this program reads %d: %w", path, found, version(), ErrOlder)
	}
	db, err := sql.Open("sqlite", dsn(path, "_pragma=query_only(1)", "_pragma=busy_timeout(5000)"))
	if err != nil {
		return nil, fmt.Errorf("open state file %s: %w", path, err)
	}
	return &File{db: db}, nil
}

// Close closes the file and gives the lock back.
func (f *File) Close() error {
	err := f.statements.close()
	if f.readers != nil {
		err = errors.Join(err, f.readers.Close())
	}
	err = errors.Join(err, f.db.Close())
	if f.lock != nil {
		err = errors.Join(err, f.lock.Unlock())
	}
	return err
}

func dsn(path string, query ...string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()}
	for i, q := range query {
		if i > 0 {
			u.RawQuery += "&"
		}
		u.RawQuery += q
	}
	return u.String()
}

// inspect returns the version of the state file at path, 0 when there is no
// file or an empty one. It changes nothing.
func inspect(ctx context.Context, path string) (int, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && info.Mode().IsRegular() && info.Size() == 0:
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("look at state file: %w", err)
	case !info.Mode().IsRegular():
		return 0, fmt.Errorf("%s: %w", path, ErrForeign)
	}
	db, err := sql.Open("sqlite", dsn(path, "_pragma=query_only(1)", "_pragma=busy_timeout(5000)"))
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", path, err)
	}
	defer db.Close() //nolint:errcheck // nothing was written
	var id, found int
	err = db.QueryRowContext(ctx, "SELECT (SELECT * FROM pragma_application_id), (SELECT * FROM pragma_user_version)").Scan(&id, &found)
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code() == sqlite3.SQLITE_NOTADB {
		return 0, fmt.Errorf("%s: %w", path, ErrForeign)
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("read %s: %w", path, err)
	case id != applicationID || found == 0:
		return 0, fmt.Errorf("%s: %w", path, ErrForeign)
	case found > version():
		return 0, fmt.Errorf("%s has format %d, this program knows up to %d: %w", path, found, version(), ErrNewer)
	}
	return found, nil
}

// create makes the empty file, readable by its owner alone. SQLite gives the
// same mode to the files that it puts beside it.
func create(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("make state file: %w", refused(err))
	}
	return file.Close()
}

// write runs do in one transaction.
func (f *File) write(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// keepLog has a new file keep a write-ahead log from now on. Its first
// snapshot goes without: all of that is new, and with a log it would be
// written, and waited for, twice. Where a reader is in the way, the next
// opening does it; what is written until then is as safe.
func (f *File) keepLog(ctx context.Context) error {
	if !f.unlogged {
		return nil
	}
	_, err := f.db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == sqlite3.SQLITE_BUSY {
		return nil
	}
	f.unlogged = err != nil
	return err
}

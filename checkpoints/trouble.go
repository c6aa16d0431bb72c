package checkpoints

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrFull: there is no room for what was to be written.
	ErrFull = errors.New("no room for the state file")
	// ErrDisk: the operating system cannot read or write the file.
	ErrDisk = errors.New("the state file cannot be read or written")
	// ErrReadOnly: the file, or the folder that it is in, may not be written.
	ErrReadOnly = errors.New("the state file may not be written")
	// ErrDamaged: the file is not what was written.
	ErrDamaged = errors.New("the state file is damaged")
	// ErrBusy: a program that does not take the lock of [Open], such as a SQLite
	// shell, is in the middle of writing to the file.
	ErrBusy = errors.New("another program is writing to the state file")
)

// TroubleOf returns which of [ErrFull], [ErrDisk], [ErrReadOnly], [ErrDamaged]
// and [ErrBusy] is behind an error of this package, or nil. None of them takes
// anything away that a method has returned without an error.
func TroubleOf(err error) error {
	for _, trouble := range []error{ErrDamaged, ErrReadOnly} {
		if errors.Is(err, trouble) {
			return trouble
		}
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return nil
	}
	switch e.Code() & 0xff { // the rest says more of the same (sqlite.org/rescode.html)
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_IOERR:
		return ErrDisk
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return ErrReadOnly
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrDamaged
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return ErrBusy
	}
	return nil
}

// quickly is the largest file whose pages [Open] looks at, all of them. It takes
// a second for some hundred megabytes, and a run that was killed is to go on at
// once; [File.Check] looks at a file of any size.
const quickly = 32 << 20

// checkSmall is Check for a file that does not take long.
func (f *File) checkSmall(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at state file: %w", err)
	}
	if info.Size() > quickly {
		return nil
	}
	return f.Check(ctx)
}

// Check looks at all pages of the file. The error wraps [ErrDamaged] when they
// are not as SQLite wrote them; it does not see a value that was changed to
// another.
func (f *File) Check(ctx context.Context) error {
	var found string
	err := f.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found)
	switch {
	case errors.Is(TroubleOf(err), ErrDamaged):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return fmt.Errorf("check the state file: %w", err)
	case found != "ok":
		_, what, _ := strings.Cut("\n"+found, "\n*** in database main ***\n") // one line is enough
		return fmt.Errorf("%w: %s", ErrDamaged, cmp.Or(what, found))
	}
	return nil
}

// refused adds [ErrReadOnly] to an error of the operating system that says that
// nobody may write here.
func refused(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return err
}

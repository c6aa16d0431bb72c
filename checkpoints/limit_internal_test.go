package checkpoints

import (
	"context"
	"fmt"
)

// Limit leaves no room for more pages than the file has, as a full disk does
// (SQLITE_FULL).
func (f *File) Limit(ctx context.Context) error {
	f.db.SetMaxOpenConns(1) // the limit is the connection's
	var pages int
	if err := f.db.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return err
	}
	return f.db.QueryRowContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&pages)
}

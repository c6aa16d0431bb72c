package checkpoints

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
)

// applicationID marks a SQLite file as ours ("L2SC").
const applicationID = 0x4c325343

//go:embed schema1.sql
var schema1 string

//go:embed schema2.sql
var schema2 string

//go:embed schema3.sql
var schema3 string

//go:embed schema4.sql
var schema4 string

// schemas lead from an empty file to the present version, one by one.
func schemas() []string { return []string{schema1, schema2, schema3, schema4} }

// version is the schema that this program writes, in user_version.
func version() int { return len(schemas()) }

// upgrade brings the file from a version to the present one, in one
// transaction.
func (f *File) upgrade(ctx context.Context, from int) error {
	return f.write(ctx, func(tx *sql.Tx) error {
		for i, schema := range schemas()[from:] {
			if _, err := tx.ExecContext(ctx, schema); err != nil {
				return fmt.Errorf("version %d: %w", from+i+1, err)
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version()))
		return err
	})
}

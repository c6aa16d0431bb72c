package checkpoints

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// rowsPerInsert is how many rows go into one statement. A statement costs as
// much as a row or two, whatever it holds.
const rowsPerInsert = 32

// inserter inserts rows into a table, many with one statement. Some columns
// have the same value in all of them.
type inserter struct {
	tx      *sql.Tx
	head    string // INSERT INTO ... SELECT ...
	same    int    // the first so many args are the values that all rows share
	columns int
	args    []any
	many    *sql.Stmt // closed with the transaction
}

// newInserter returns one for a table. The columns whose values are in same
// come first.
func newInserter(tx *sql.Tx, table string, columns []string, same ...any) *inserter {
	values := strings.Repeat("?, ", len(same))
	own := len(columns) - len(same)
	for i := range own {
		values += fmt.Sprintf("column%d, ", i+1)
	}
	return &inserter{
		tx: tx, same: len(same), columns: own, args: same,
		head: "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") SELECT " + strings.TrimSuffix(values, ", ") + " FROM (VALUES ",
	}
}

// query inserts n rows.
func (i *inserter) query(n int) string {
	row := "(?" + strings.Repeat(", ?", i.columns-1) + ")"
	return i.head + row + strings.Repeat(", "+row, n-1) + ")"
}

// add inserts a row, now or with those that follow.
func (i *inserter) add(ctx context.Context, row ...any) (err error) {
	i.args = append(i.args, row...)
	if i.waiting() < rowsPerInsert {
		return nil
	}
	if i.many == nil {
		if i.many, err = i.tx.PrepareContext(ctx, i.query(rowsPerInsert)); err != nil {
			return err
		}
	}
	_, err = i.many.ExecContext(ctx, i.args...)
	i.args = i.args[:i.same]
	return err
}

func (i *inserter) waiting() int { return (len(i.args) - i.same) / i.columns }

// flush inserts the rows that wait.
func (i *inserter) flush(ctx context.Context) error {
	n := i.waiting()
	if n == 0 {
		return nil
	}
	_, err := i.tx.ExecContext(ctx, i.query(n), i.args...)
	i.args = i.args[:i.same]
	return err
}

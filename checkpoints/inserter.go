package checkpoints

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// rowsPerInsert is how many rows go into one statement. A statement costs as
// much as a row or two, whatever it holds.
const rowsPerInsert = 32

// inserter inserts rows into a table, many with one statement. The first
// columns have values that rows share which follow one another. Its statements
// are closed with the transaction.
type inserter struct {
	tx      *sql.Tx
	head    string // INSERT INTO ... SELECT ...
	shared  int    // the first so many args are the values that the rows share
	columns int    // of a row beside them
	args    []any
	// one inserts a row, many inserts rowsPerInsert of them; nil until used.
	one, many *sql.Stmt
}

// newInserter returns one for a table. The columns whose values are shared
// come first; sharing may give them others.
func newInserter(tx *sql.Tx, table string, columns []string, shared ...any) *inserter {
	values := strings.Repeat("?, ", len(shared))
	own := len(columns) - len(shared)
	for i := range own {
		values += fmt.Sprintf("column%d, ", i+1)
	}
	return &inserter{
		tx: tx, shared: len(shared), columns: own, args: shared,
		head: "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") SELECT " + strings.TrimSuffix(values, ", ") + " FROM (VALUES ",
	}
}

// share gives the rows that follow other values in the first columns.
func (i *inserter) share(ctx context.Context, values ...any) error {
	err := i.flush(ctx)
	copy(i.args[:i.shared], values)
	return err
}

// add inserts a row, now or with those that follow.
func (i *inserter) add(ctx context.Context, row ...any) error {
	i.args = append(i.args, row...)
	if len(i.args) < i.shared+rowsPerInsert*i.columns {
		return nil
	}
	err := i.insert(ctx, &i.many, rowsPerInsert, i.args)
	i.forget()
	return err
}

// flush inserts the rows that wait.
func (i *inserter) flush(ctx context.Context) error {
	defer i.forget()
	row := slices.Grow(slices.Clone(i.args[:i.shared]), i.columns)
	for own := range slices.Chunk(i.args[i.shared:], i.columns) {
		if err := i.insert(ctx, &i.one, 1, append(row, own...)); err != nil {
			return err
		}
	}
	return nil
}

// forget drops the rows and what they hold.
func (i *inserter) forget() {
	clear(i.args[i.shared:])
	i.args = i.args[:i.shared]
}

// insert runs the statement for so many rows, which is prepared the first time.
func (i *inserter) insert(ctx context.Context, stmt **sql.Stmt, rows int, args []any) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	// The driver starts a goroutine for each statement that can be cancelled,
	// which costs as much as the statement.
	ctx = context.WithoutCancel(ctx)
	if *stmt == nil {
		row := "(?" + strings.Repeat(", ?", i.columns-1) + ")"
		if *stmt, err = i.tx.PrepareContext(ctx, i.head+row+strings.Repeat(", "+row, rows-1)+")"); err != nil {
			return err
		}
	}
	_, err = (*stmt).ExecContext(ctx, args...)
	return err
}

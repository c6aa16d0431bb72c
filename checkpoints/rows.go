package checkpoints

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"
)

// scanner is one row of a result.
type scanner interface{ Scan(...any) error }

// each runs a query and yields its rows as scan reads them. The rows are
// closed when the loop over them ends.
func each[T any](ctx context.Context, f *File, scan func(scanner) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		from := f.db
		if f.readers != nil {
			from = f.readers
		}
		rows, err := from.QueryContext(ctx, query, args...)
		if err != nil {
			yield(zero, fmt.Errorf("read the state file: %w", err))
			return
		}
		defer rows.Close() // Err below says how the reading went
		for rows.Next() {
			v, err := scan(rows)
			if err != nil {
				yield(zero, fmt.Errorf("read the state file: %w", err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(zero, fmt.Errorf("read the state file: %w", err))
		}
	}
}

// asJSON is a column that holds v as JSON.
func asJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// unless is a column that is NULL where there is nothing.
func unless[T comparable](value, nothing T) any {
	if value == nothing {
		return nil
	}
	return value
}

// text is a column that is NULL where there is nothing.
func text(column any) string {
	s, _ := column.(string)
	return s
}

// stamp and parseStamp are how times are kept, the zero time as "".
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// optionalStamp keeps a time that may be none as "".
func optionalStamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}

func parseStamp(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339Nano, s)
}

// head reads the one row that query has of what; the error wraps [ErrNone] when
// there is none.
func (f *File) head(ctx context.Context, what, query string, args []any, to ...any) error {
	err := f.db.QueryRowContext(ctx, query, args...).Scan(to...)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", what, ErrNone)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// collected is a short sequence as a list.
func collected[T any](all iter.Seq2[T, error]) ([]T, error) {
	var list []T
	for v, err := range all {
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// first is the first value of a sequence, or nil.
func first[T any](all iter.Seq2[T, error]) (*T, error) {
	for v, err := range all {
		if err != nil {
			return nil, err
		}
		return &v, nil
	}
	return nil, nil //nolint:nilnil // nothing there is no error
}

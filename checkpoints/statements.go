package checkpoints

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// statements are prepared once and used in many transactions: to read SQL costs
// more than to write a row. The zero value is ready. It is safe for concurrent
// use.
type statements struct {
	mu   sync.Mutex
	kept map[string]*sql.Stmt
}

// prepared runs the statements of a state file in one transaction.
type prepared struct {
	f  *File
	tx *sql.Tx
}

// statement returns one that is closed with the transaction.
func (p prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	all := &p.f.statements
	all.mu.Lock()
	defer all.mu.Unlock()
	kept := all.kept[query]
	if kept == nil {
		var err error
		if kept, err = p.f.db.PrepareContext(ctx, query); err != nil {
			return nil, err
		}
		if all.kept == nil {
			all.kept = map[string]*sql.Stmt{}
		}
		all.kept[query] = kept
	}
	return p.tx.StmtContext(ctx, kept), nil
}

func (p prepared) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	defer s.Close() //nolint:errcheck // it is kept for the next transaction
	return s.ExecContext(ctx, args...)
}

// row reads the only column of the only row.
func (p prepared) row(ctx context.Context, to any, query string, args ...any) error {
	s, err := p.statement(ctx, query)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // it is kept for the next transaction
	return s.QueryRowContext(ctx, args...).Scan(to)
}

// each hands row after row to scan, until that has enough.
func (p prepared) each(ctx context.Context, scan func(scanner) (enough bool, err error), query string, args ...any) error {
	s, err := p.statement(ctx, query)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // it is kept for the next transaction
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close() // Err below says how the reading went
	for rows.Next() {
		if enough, err := scan(rows); enough || err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, kept := range s.kept {
		errs = append(errs, kept.Close())
	}
	s.kept = nil
	return errors.Join(errs...)
}

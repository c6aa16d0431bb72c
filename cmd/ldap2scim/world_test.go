package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // the state file is looked at as an administrator would

	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/scimdst/scimtest"
)

// world is what there is around the program in one script.
type world struct {
	directory *ldaptest.Server
	service   *scimtest.Server
	gate      *gate
	kept      map[string]string
}

type worldKey struct{}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

func (w *world) close() {
	if w.gate != nil {
		w.gate.open()
	}
	// What a server says at its end is no part of a script.
	if w.directory != nil {
		_ = w.directory.Close()
	}
	if w.service != nil {
		_ = w.service.Close()
	}
}

// gate stops one request at the service.
type gate struct {
	arrived chan struct{}
	opened  chan struct{}
	stop    sync.Once
	pass    sync.Once
}

// holdNext stops the next request that match picks, until the gate is opened;
// others wait behind it. The service then carries it out, also when the
// client has gone away.
func holdNext(s *scimtest.Server, match func(*http.Request) bool) *gate {
	g := &gate{arrived: make(chan struct{}), opened: make(chan struct{})}
	s.Inject(scimtest.Fault{Trouble: scimtest.StatusBefore, Match: func(r *http.Request) bool {
		if match(r) {
			g.stop.Do(func() {
				close(g.arrived)
				<-g.opened
			})
		}
		return false
	}})
	return g
}

func (g *gate) open() { g.pass.Do(func() { close(g.opened) }) }

// sqlCommand is "sql FILE QUERY": it prints the rows, if there are any.
func sqlCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql FILE QUERY")
	}
	out := ts.Stdout()
	rows, err := query(context.Background(), ts.MkAbs(args[0]), args[1])
	ts.Check(err)
	for _, row := range rows {
		fmt.Fprintln(out, strings.Join(row, " "))
	}
}

// query reads rows as text.
func query(ctx context.Context, path, text string) (all [][]string, err error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		row := make([]string, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

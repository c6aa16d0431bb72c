package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "ldap2scim"

// layers is the table of ARCHITECTURE.md: what of this module each folder may
// import. A name that ends in /... stands for the folder and all below it; a
// row of a folder's own counts first.
func layers() map[string][]string {
	return map[string][]string{
		"internal/views":            {},
		"plan":                      {"internal/views"},
		"ldapsrc":                   {"plan"},
		"ldapsrc/...":               {"plan", "ldapsrc"},
		"scimdst":                   {"plan"},
		"scimdst/...":               {"plan", "scimdst", "scimdst/scimtest"},
		"scimdst/ivanti":            {"plan", "scimdst"},
		"scimdst/entra":             {"plan"},
		"scimdst/entra/graph":       {"scimdst/entra"},
		"scimdst/ivanti/ivantitest": {"scimdst/scimtest"},
		"checkpoints":               {"plan"},
		"migrate":                   {"plan", "checkpoints", "internal/views"},
		"configs":                   {"plan", "ldapsrc/...", "scimdst/...", "migrate"},
		"cmd/ldap2scim":             {"plan", "ldapsrc/...", "scimdst/...", "checkpoints", "migrate", "configs"},
		"testservers/...":           {"testservers/..."}, // and so nobody else but tests
	}
}

// forbidden names what a folder may not import from elsewhere, with the reason.
func forbidden() map[string]map[string]string {
	pure := map[string]string{
		"os": "plan performs no I/O", "net": "plan performs no I/O", "net/http": "plan performs no I/O",
		"context": "nothing in plan waits", "log": "plan returns findings and errors", "log/slog": "plan returns findings and errors",
		"math/rand": "the same input gives the same plan", "math/rand/v2": "the same input gives the same plan",
		"crypto/rand": "the same input gives the same plan", "go.uber.org/zap": "plan returns findings and errors",
	}
	return map[string]map[string]string{"plan": pure, "internal/views": pure} // plan is shown by the views
}

// onlyFrom names modules that a single folder may import.
func onlyFrom() map[string]string {
	const graph = "scimdst/entra/graph" // so that nothing else waits for what it compiles
	return map[string]string{
		"github.com/microsoftgraph/": graph, "github.com/microsoft/kiota": graph, "github.com/Azure/azure-sdk-for-go/": graph,
		module + "/" + graph: "cmd/ldap2scim",
	}
}

// TestLayers is law 9: the real imports are those of the table.
func TestLayers(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range sources(t) {
		row := rowOf(f.folder)
		if row == "" {
			t.Errorf("%s is not in the table of layers", f.folder)
			continue
		}
		seen[row] = true
		for _, imported := range f.imports() {
			if why := refused(f.folder, row, imported); why != "" {
				t.Errorf("%s imports %s: %s", f.path, imported, why)
			}
		}
	}
	for row := range layers() {
		if !seen[row] {
			t.Errorf("the table has a row for %s, where there is no source", row)
		}
	}
}

// TestSDKStaysOut: no test but those of the program and of its own package
// waits for Microsoft's SDK to be compiled.
func TestSDKStaysOut(t *testing.T) {
	t.Parallel()
	tests := parsed(t, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	if len(tests) < 100 {
		t.Errorf("%d files of tests: this test looks at too little", len(tests))
	}
	for _, f := range tests {
		for _, imported := range f.imports() {
			if why := reserved(f.folder, imported); why != "" {
				t.Errorf("%s imports %s: %s", f.path, imported, why)
			}
		}
	}
}

// reserved says for whom something is that another folder imports, or "".
func reserved(folder, imported string) string {
	for prefix, only := range onlyFrom() {
		if strings.HasPrefix(imported, prefix) && folder != only {
			return "that is for " + only
		}
	}
	return ""
}

// refused says why a folder may not import something, or "".
func refused(folder, row, imported string) string {
	if why := forbidden()[row][imported]; why != "" {
		return why
	}
	if why := reserved(folder, imported); why != "" {
		return why
	}
	ours, isOurs := strings.CutPrefix(imported, module+"/")
	if owner, _, internal := strings.Cut(ours, "/internal/"); internal && (folder == owner || strings.HasPrefix(folder, owner+"/")) {
		return "" // a part of the folder itself, which Go keeps others out of
	}
	if isOurs && !slices.ContainsFunc(layers()[row], func(allowed string) bool { return covers(allowed, ours) }) {
		return "the table of layers does not allow it"
	}
	return ""
}

func rowOf(folder string) string {
	if _, own := layers()[folder]; own {
		return folder
	}
	best := ""
	for row := range layers() {
		if covers(row, folder) && len(row) > len(best) {
			best = row
		}
	}
	return best
}

func covers(pattern, folder string) bool {
	prefix, below := strings.CutSuffix(pattern, "/...")
	return folder == prefix || below && strings.HasPrefix(folder, prefix+"/")
}

// TestPlanReadsNoClock: package plan may name a moment and a duration, in what
// it shows, and may neither ask for one nor wait.
func TestPlanReadsNoClock(t *testing.T) {
	t.Parallel()
	clock := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local", "LoadLocation"}
	found := false
	for _, f := range sources(t) {
		if f.folder != "plan" || !slices.Contains(f.imports(), "time") {
			continue
		}
		found = true
		ast.Inspect(f.tree, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, sel.Sel.Name) {
				t.Errorf("%s uses time.%s: plan reads no clock and does not wait", f.path, sel.Sel.Name)
			}
			return true
		})
	}
	if !found {
		t.Error("no file of plan imports time: this test looks at nothing")
	}
}

// TestPackageComments: each package has one, in doc.go.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	comments := map[string][]string{}
	for _, f := range sources(t) {
		comments[f.folder] = append(comments[f.folder], nil...)
		if f.tree.Doc != nil {
			comments[f.folder] = append(comments[f.folder], filepath.Base(f.path))
		}
	}
	for folder, in := range comments {
		if !slices.Equal(in, []string{"doc.go"}) {
			t.Errorf("%s has its package comment in %q, want doc.go alone", folder, in)
		}
	}
}

func isModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

// source is one file of the module.
type source struct {
	path, folder string // below the module's root, with slashes
	tree         *ast.File
}

func (s source) imports() []string {
	var all []string
	for _, i := range s.tree.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// sources parses what is no test.
func sources(t *testing.T) []source {
	t.Helper()
	return parsed(t, func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
}

// parsed parses the module's files whose names are wanted, without the modules
// that lie within it.
func parsed(t *testing.T, wanted func(name string) bool) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != root && (name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") || isModule(file)):
			return fs.SkipDir
		case entry.IsDir(), !strings.HasSuffix(name, ".go"), !wanted(name):
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		below = filepath.ToSlash(below)
		all = append(all, source{path: below, folder: path.Dir(below), tree: tree})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentedTestsExist: every test that a document names is there, and so
// is the file that a link beside it leads to.
func TestDocumentedTestsExist(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	tests := testSources(t, root)
	for document, least := range map[string]int{
		"docs/what-if.md": 60, "docs/entra.md": 70, "docs/directories.md": 50, "ARCHITECTURE.md": 20, "CONTRIBUTING.md": 2,
	} {
		text, err := os.ReadFile(filepath.Join(root, document))
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Za-z0-9]+)(?:/([a-z_]+))?`").FindAllStringSubmatch(string(text), -1)
		if len(names) < least {
			t.Errorf("%s names %d tests: this test looks at nothing", document, len(names))
		}
		for _, name := range names {
			// Some stand for all tests that begin like this.
			begins := name[1] == "TestSlapd" && strings.Contains(tests, "func TestSlapd")
			sub := strings.ReplaceAll(name[2], "_", " ")
			if !begins && !strings.Contains(tests, "func "+name[1]+"(") || sub != "" && !strings.Contains(tests, `"`+sub+`"`) {
				t.Errorf("%s names %s, and there is no such test", document, name[0])
			}
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+_test\.go)\)`).FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(document), link[1])); err != nil {
				t.Errorf("%s: %v", document, err)
			}
		}
	}
}

// testSources is the text of all tests of the module.
func testSources(t *testing.T, root string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".")):
			return fs.SkipDir
		case entry.IsDir(), !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

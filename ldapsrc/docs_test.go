package ldapsrc_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every test that the table of directories names is there.
func TestDocumentedTestsExist(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("../docs/directories.md")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	err = fs.WalkDir(os.DirFS("."), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		source.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Za-z]+)(?:/([a-z_]+))?`").FindAllStringSubmatch(string(table), -1)
	if len(names) < 50 {
		t.Fatalf("got %d names of tests", len(names))
	}
	for _, name := range names {
		sub := strings.ReplaceAll(name[2], "_", " ")
		if name[1] == "TestSlapd" {
			continue // a prefix of names
		}
		if !strings.Contains(source.String(), "func "+name[1]+"(") || sub != "" && !strings.Contains(source.String(), `"`+sub+`"`) {
			t.Errorf("%s is in the table, and there is no such test", name[0])
		}
	}
}

package configs

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Load reads the configuration file. Its error joins every [Mistake].
func Load(path string) (Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(path, text)
}

// Parse reads a configuration from text; name stands for the file in errors.
func Parse(name string, text []byte) (Config, error) {
	l := loader{name: name}
	tree, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey()) // decoding finds them
	if err != nil {
		return Config{}, l.decoding(err)
	}
	l.tree = tree
	if err := l.durations(); err != nil {
		return Config{}, err
	}
	var f file
	if err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict()); err != nil {
		return Config{}, l.decoding(err)
	}
	c, err := f.config()
	if err != nil {
		return Config{}, err
	}
	return c, errors.Join(l.check(f, c)...)
}

type loader struct {
	name string
	tree *ast.File
}

// decoding says in this program's words what the YAML library found. The
// library's own text quotes lines of the file, which may hold a secret.
func (l loader) decoding(err error) error {
	if m, ok := errors.AsType[*Mistake](err); ok { // of a value that reads itself
		m.File, m.Key = l.name, l.keyOn(m.Line, m.Column)
		return m
	}
	m := &Mistake{File: l.name, What: "this is not YAML"}
	if at, ok := errors.AsType[yaml.Error](err); ok && at.GetToken() != nil {
		m.Line = at.GetToken().Position.Line
		m.Key = l.keyAt(at.GetToken().Position.Offset)
	}
	if e, ok := errors.AsType[*yaml.UnknownFieldError](err); ok {
		m.What = "unknown key" + meant(e.Token.Value, keys(reflect.TypeFor[file]()))
	}
	// The library tells this one apart by its text alone.
	if e, ok := errors.AsType[*yaml.SyntaxError](err); ok && strings.Contains(e.Message, "already defined") {
		m.What = "this key is here twice"
	}
	if e, ok := errors.AsType[*yaml.TypeError](err); ok {
		m.What = "wrong type; " + wanted(e.DstType) + " is needed here"
	}
	if e, ok := errors.AsType[*yaml.UnexpectedNodeTypeError](err); ok {
		m.What = fmt.Sprintf("wrong type; this should be a %s, not a %s", strings.ToLower(e.Expected.String()), strings.ToLower(e.Actual.String()))
	}
	return m
}

// keyAt returns the path of the innermost key whose block holds the offset.
func (l loader) keyAt(offset int) string {
	return l.find(&keyFinder{offset: offset})
}

func (l loader) find(v *keyFinder) string {
	if l.tree == nil {
		return ""
	}
	for _, doc := range l.tree.Docs {
		if doc.Body != nil {
			ast.Walk(v, doc.Body)
		}
	}
	return strings.TrimPrefix(v.path, "$.")
}

// keyFinder remembers the last key that begins at or before a place: a line
// and a column where the line is given, else an offset.
type keyFinder struct {
	offset       int
	line, column int
	path         string
}

func (v *keyFinder) reached(at *token.Position) bool {
	if v.line == 0 {
		return at.Offset <= v.offset
	}
	return at.Line < v.line || at.Line == v.line && at.Column <= v.column
}

// Visit implements [ast.Visitor].
func (v *keyFinder) Visit(node ast.Node) ast.Visitor {
	if n, ok := node.(*ast.MappingValueNode); ok && v.reached(n.Key.GetToken().Position) {
		v.path = n.Key.GetPath()
	}
	return v
}

// keyOn is the same for a line and a column.
func (l loader) keyOn(line, column int) string {
	v := &keyFinder{line: line, column: column}
	return l.find(v)
}

// wanted names a Go type in the words of YAML.
func wanted(t reflect.Type) string {
	switch {
	case t == nil:
		return "another type"
	case t.String() == "time.Duration":
		return "a duration such as 30s"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "a number"
	case reflect.String:
		return "text"
	case reflect.Slice:
		return "a list"
	}
	return "a block of keys"
}

// keys returns every key that t and what it holds know.
func keys(t reflect.Type) []string {
	var known []string
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			known = append(known, name)
		}
		below := field.Type
		if k := below.Kind(); k == reflect.Map || k == reflect.Slice || k == reflect.Pointer {
			below = below.Elem()
		}
		if name != "-" && below.Kind() == reflect.Struct {
			known = append(known, keys(below)...)
		}
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// durations finds a duration that does not parse, for which the YAML library
// gives no position.
func (l loader) durations() error {
	for _, key := range []string{"source.timeout", "destination.timeout", "tenant.timeout", "tenant.sync_interval", "max_snapshot_age", "retry.patience", "destination.entra.sync_age"} {
		path, err := yaml.PathString("$." + key)
		if err != nil {
			return fmt.Errorf("path of %s: %w", key, err)
		}
		node, err := path.FilterFile(l.tree)
		if err != nil {
			continue // the key is not there
		}
		if _, err := time.ParseDuration(node.String()); err != nil {
			return &Mistake{File: l.name, Line: node.GetToken().Position.Line, Key: key, What: "wrong type; a duration such as 30s is needed here"}
		}
	}
	return nil
}

// line returns the line of a key's path, or that of the nearest key above it
// that is in the file, or 0.
func (l loader) line(key string) int {
	for key != "" {
		if path, err := yaml.PathString("$." + key); err == nil {
			if node, err := path.FilterFile(l.tree); err == nil && node.GetToken() != nil {
				return node.GetToken().Position.Line
			}
		}
		at := strings.LastIndex(key, ".")
		key = key[:max(at, 0)]
	}
	return 0
}

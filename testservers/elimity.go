package testservers

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// Elimity starts a SCIM service made of github.com/elimity-com/scim, with a
// token of its own. It is built from a module of its own, so that the library
// is none of the product's. It has no knobs and no counters.
func Elimity(t testing.TB) (url, token string) {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatalf("find the module's root: %v", err)
	}
	binary := filepath.Join(t.TempDir(), "elimity")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Dir = filepath.Join(filepath.Dir(string(bytes.TrimSpace(root))), "testservers", "elimity")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the service of testservers/elimity: %v\n%s", err, out)
	}
	token = rand.Text()
	greeting := &firstLine{done: make(chan struct{})}
	p := launch(t, program{name: "elimity", path: binary, env: []string{"TOKEN=" + token}, tee: greeting})
	var hello struct {
		Port int `json:"port"`
	}
	if err := p.await(t.Context(), func() error { return greeting.decode(&hello) }); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://127.0.0.1:%d/scim/v2", hello.Port), token
}

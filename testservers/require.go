package testservers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// requireProgram returns the path of the first candidate that is installed and
// ends the test when none is.
func requireProgram(t testing.TB, debianPackage string, candidates ...string) string {
	t.Helper()
	for _, candidate := range candidates {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	t.Fatalf("%s is not installed: run `make servers`, or install the Debian package %s", candidates[0], debianPackage)
	return ""
}

// scimmyFolder returns the folder of the node service, found from the module's
// root above the test's working folder, and ends the test when its modules are
// not there.
func scimmyFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("find the module's root: %v", err)
	}
	for !exists(filepath.Join(dir, "go.mod")) {
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("find the module's root: no go.mod above the working folder")
		}
		dir = parent
	}
	folder := filepath.Join(dir, "testservers", "scimmy")
	if !exists(filepath.Join(folder, "node_modules", ".package-lock.json")) {
		t.Fatal("the SCIM service's node modules are not installed: run `make servers`, or `npm ci` in testservers/scimmy")
	}
	return folder
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

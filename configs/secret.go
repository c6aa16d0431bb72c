package configs

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Secret names where a secret is: env:NAME or file:PATH. It is never the
// secret itself. The empty value stands for none.
type Secret string

func (s Secret) mistake() error {
	kind, name, _ := strings.Cut(string(s), ":")
	switch {
	case s == "", kind == "env" && name != "", kind == "file" && name != "":
		return nil
	}
	// The value may be a real password: it must not be repeated.
	return errors.New("a secret is not written here; name an environment variable (env:NAME) or a file (file:PATH) that holds it")
}

// read returns the secret. What it returns must not be kept longer than
// needed, printed or stored.
func (s Secret) read() (string, error) {
	if name, isEnv := strings.CutPrefix(string(s), "env:"); isEnv {
		value := os.Getenv(name)
		if value == "" {
			return "", &SecretError{Where: string(s), Advice: fmt.Sprintf("Set the environment variable %s.", name)}
		}
		return value, nil
	}
	b, err := os.ReadFile(s.path())
	if err != nil {
		return "", s.unreadable(err)
	}
	value := strings.TrimRight(string(b), "\r\n")
	if value == "" {
		return "", &SecretError{Where: string(s), Advice: "Write the secret into the file."}
	}
	return value, nil
}

// path is the file's, or "" for another kind.
func (s Secret) path() string {
	kind, path, _ := strings.Cut(string(s), ":")
	if kind != "file" {
		return ""
	}
	return path
}

func (s Secret) unreadable(err error) error {
	return &SecretError{Where: string(s), Err: err, Advice: "Make the file readable for the user who runs this program."}
}

// SecretError is a secret that is not where the configuration says.
type SecretError struct {
	Where  string
	Err    error
	Advice string
}

func (e *SecretError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("read the secret %s: %v", e.Where, e.Err)
	}
	return fmt.Sprintf("the secret %s is empty", e.Where)
}

func (e *SecretError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *SecretError) Hint() string { return e.Advice }

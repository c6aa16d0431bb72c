package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the golden texts in the scripts")

// TestMain makes the program a command of the scripts: the test binary runs
// itself again under its name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ldap2scim": main})
}

// TestScripts runs testdata/script. Each script has the files of testdata/work
// in its folder, and these commands besides those of testscript:
//
//	exits CODE COMMAND...    run the command; it must end with CODE
//	advice WHAT WHAT-TO-DO   standard error is one sentence and one hint that match
//	codes CODE...            the help on standard output names exactly these
//	mask [TEXT]...           standard output, without times, ports and texts, into the file masked
//	digest VARIABLE          the digest of the plan on standard output, its beginning
//	config [OLD NEW]...      write ldap2scim.yaml, with replacements (\n is a line break)
//	keep, kept FILE          remember a file, and see that its bytes are the same
//	sql FILE QUERY           ask or change a SQLite file
//
// Those of the directory and of the service are with their functions.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"), UpdateScripts: *update, RequireUniqueNames: true,
		Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "advice": advice, "codes": codes, "mask": mask, "digest": digest, "config": config,
			"keep": keep, "kept": kept, "sql": sqlCommand,
			"directory": startDirectory, "ldapmodify": ldapmodify, "ldapadd": ldapadd, "ldapdelete": ldapdelete, "ldapfault": ldapfault,
			"service": startService, "users": users, "groups": groups, "writes": writes, "useradd": useradd,
			"fault": fault, "heal": heal, "hold": hold, "held": held, "release": release,
		},
	})
}

const (
	scriptPassword = "the reader's password"
	scriptToken    = "the-service-token"
)

func setUp(env *testscript.Env) error {
	w := &world{kept: map[string]string{}}
	env.Values[worldKey{}] = w
	env.Defer(w.close)
	env.Setenv("LDAP_PASSWORD", scriptPassword)
	env.Setenv("SCIM_TOKEN", scriptToken)
	// Nothing listens on port 1.
	env.Setenv("LDAP_URL", "ldap://127.0.0.1:1")
	env.Setenv("SCIM_URL", "http://127.0.0.1:1/scim/v2")
	return os.CopyFS(env.WorkDir, os.DirFS(filepath.Join("testdata", "work")))
}

// exits runs a command, whose streams the next commands can look at.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code, err = exit.ExitCode(), nil
	}
	ts.Check(err)
	if code != want {
		ts.Fatalf("%s exits with %d, want %d", strings.Join(args[1:], " "), code, want)
	}
}

// advice is the form of every error that a person can do something about.
func advice(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: advice WHAT WHAT-TO-DO")
	}
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile("stderr"), "\n"), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "ldap2scim: ") || !strings.HasPrefix(lines[1], "           ") {
		ts.Fatalf("standard error is not one sentence and one hint, but %d lines", len(lines))
	}
	for i, pattern := range args {
		if !regexp.MustCompile(pattern).MatchString(lines[i]) {
			ts.Fatalf("%q does not match %q", lines[i], pattern)
		}
	}
}

// codes reads the exit codes in a command's help.
func codes(ts *testscript.TestScript, neg bool, args []string) {
	_, section, found := strings.Cut(ts.ReadFile("stdout"), "\nExit status:\n")
	section, _, _ = strings.Cut(section, "\n\n")
	var named []string
	for line := range strings.Lines(section) {
		named = append(named, strings.Fields(line)[0])
	}
	if got, want := strings.Join(named, " "), strings.Join(args, " "); neg || !found || got != want {
		ts.Fatalf("the help names the exit codes %q, want %q", got, want)
	}
}

// mask takes out of the last output what differs from run to run.
func mask(ts *testscript.TestScript, _ bool, args []string) {
	text := masked(ts.ReadFile("stdout"))
	for _, arg := range args {
		text = strings.ReplaceAll(text, arg, "MASKED")
	}
	ts.Check(os.WriteFile(ts.MkAbs("masked"), []byte(text), 0o600))
}

func masked(text string) string {
	text = regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(text, "127.0.0.1:PORT")
	text = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`).ReplaceAllString(text, "TIME")
	text = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ`).ReplaceAllString(text, "TIME")
	// What a report is held against has the ports and times in it.
	text = regexp.MustCompile(`(?m)^(  (?:configuration|read back|run \d+) +)[0-9a-f]{8,64}`).ReplaceAllString(text, "${1}DIGEST")
	return regexp.MustCompile(`\((\d+[hms])+ ago\)`).ReplaceAllString(text, "(AGE ago)")
}

func digest(ts *testscript.TestScript, neg bool, args []string) {
	found := regexp.MustCompile(`(?m)^Plan ([0-9a-f]{8})$`).FindStringSubmatch(ts.ReadFile("stdout"))
	if neg || len(args) != 1 || found == nil {
		ts.Fatalf("usage: digest VARIABLE, after a plan was shown")
	}
	ts.Setenv(args[0], found[1])
}

// config writes the usual configuration for the servers of the script.
func config(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 != 0 {
		ts.Fatalf("usage: config [OLD NEW]...")
	}
	text := os.Expand(ts.ReadFile("ldap2scim.yaml.in"), ts.Getenv)
	for ; len(args) > 0; args = args[2:] {
		old, replacement := strings.ReplaceAll(args[0], `\n`, "\n"), strings.ReplaceAll(args[1], `\n`, "\n")
		if strings.Count(text, old) != 1 {
			ts.Fatalf("%q is %d times in the configuration, want once", old, strings.Count(text, old))
		}
		text = strings.Replace(text, old, replacement, 1)
	}
	ts.Check(os.WriteFile(ts.MkAbs("ldap2scim.yaml"), []byte(text), 0o600))
}

func keep(ts *testscript.TestScript, _ bool, args []string) {
	worldOf(ts).kept[args[0]] = ts.ReadFile(args[0])
}

func kept(ts *testscript.TestScript, neg bool, args []string) {
	if same := worldOf(ts).kept[args[0]] == ts.ReadFile(args[0]); same == neg {
		ts.Fatalf("%s is as it was: %v", args[0], same)
	}
}

// pairs reads arguments of the form KEY=VALUE.
func pairs(args []string) (map[string]string, error) {
	m := map[string]string{}
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, fmt.Errorf("%q is not KEY=VALUE", arg)
		}
		m[key] = value
	}
	return m, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"ldap2scim/checkpoints"
	"ldap2scim/migrate"
)

const (
	exitDone        = 0
	exitFailed      = 1
	exitChanges     = 2
	exitPartly      = 3
	exitRefused     = 4
	exitStale       = 5
	exitLocked      = 11
	exitInterrupted = 130
)

// errChanges: plan --detailed-exitcode, and there are changes. Nothing is
// wrong, and nothing is printed.
var errChanges = errors.New("there are changes")

// errInterrupted: the command ended because it was asked to.
var errInterrupted = errors.New("interrupted; the same command goes on")

// partlyError: a run that did not come to everything.
type partlyError struct{ what string }

func (e *partlyError) Error() string { return e.what }

func (e *partlyError) Hint() string {
	return "See ldap2scim report; apply goes on with what was not sent, and a new plan takes up what failed."
}

// adviceError is a mistake of the person at the keyboard, with what to do.
type adviceError struct{ what, hint string }

func (e *adviceError) Error() string { return e.what }
func (e *adviceError) Hint() string  { return e.hint }

// exitCode is what the process returns for err.
func exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	if _, ok := errors.AsType[*partlyError](err); ok {
		return exitPartly
	}
	if _, ok := errors.AsType[*migrate.StaleError](err); ok {
		return exitStale
	}
	if _, ok := errors.AsType[*migrate.HazardError](err); ok {
		return exitRefused
	}
	if _, ok := errors.AsType[*migrate.WaveError](err); ok {
		return exitRefused
	}
	if _, ok := errors.AsType[*migrate.PrerequisiteError](err); ok {
		return exitRefused
	}
	switch {
	case errors.Is(err, errChanges):
		return exitChanges
	case errors.Is(err, checkpoints.ErrLocked):
		return exitLocked
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// tell prints an error as a sentence, and below it what to do.
func tell(w io.Writer, err error) {
	if err == nil || errors.Is(err, errChanges) {
		return
	}
	if errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(w, "ldap2scim: %s\n", line)
		}
	}
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(w, "           %s\n", hint)
	}
}

// hintOf says what to do about err, or "". The cause knows better than what is
// around it.
func hintOf(err error) string {
	switch {
	case errors.Is(err, checkpoints.ErrLocked):
		return "Wait for the other run, or end it; its lock goes with it."
	case errors.Is(err, checkpoints.ErrForeign):
		return "Name another file under state in the configuration; this one was left as it is."
	case errors.Is(err, checkpoints.ErrNewer):
		return "Use the version of ldap2scim that wrote it, or a later one."
	case errors.Is(err, migrate.ErrEmpty):
		return "Look at users.base and users.filter, and at what the reader may see; --allow-empty takes it as it is."
	case errors.Is(err, migrate.ErrDown):
		return "Nothing is lost: apply goes on when the service is back."
	case errors.Is(err, migrate.ErrDenied):
		return "Put a token that the service takes where the old one was: it may be wrong, expired, or without the right to provision. Then apply goes on."
	}
	if hint := stateHint(checkpoints.TroubleOf(err)); hint != "" {
		return hint
	}
	return deepestHint(err)
}

// stateHint says what to do about trouble with the state file, or "".
func stateHint(trouble error) string {
	switch {
	case errors.Is(trouble, checkpoints.ErrFull):
		return "Make room where the state file is, then run the same command again: what was recorded is not lost, and what was not is looked up."
	case errors.Is(trouble, checkpoints.ErrDisk):
		return "Look at the disk of the state file: its room, its limits, its health. Then run the same command again; what was recorded is not lost."
	case errors.Is(trouble, checkpoints.ErrReadOnly):
		return "Give yourself the right to write to the state file and to the folder that it is in, or name another file under state."
	case errors.Is(trouble, checkpoints.ErrDamaged):
		return "Put a copy from before in its place; or move it away and begin with ldap2scim snapshot: what is at the service already is recognised."
	case errors.Is(trouble, checkpoints.ErrBusy):
		return "End the program that has it open for writing, then run the same command again."
	}
	return ""
}

// deepestHint looks below err first, in the order of what it joins.
func deepestHint(err error) string {
	var causes []error
	switch e := err.(type) { //nolint:errorlint // the tree itself is walked
	case interface{ Unwrap() error }:
		causes = []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		causes = e.Unwrap()
	}
	for _, cause := range causes {
		if hint := deepestHint(cause); hint != "" {
			return hint
		}
	}
	if e, ok := err.(interface{ Hint() string }); ok {
		return e.Hint()
	}
	return ""
}

// exitHelp is the part of a command's help that says what it can return.
func exitHelp(codes ...int) string {
	meaning := map[int]string{
		exitDone: "done, or nothing to do", exitFailed: "failed", exitChanges: "with --detailed-exitcode: there are changes",
		exitPartly: "applied in part, see the report", exitRefused: "refused: steps that were not allowed by name",
		exitStale: "the plan is stale", exitLocked: "another run holds the state file", exitInterrupted: "interrupted; the same command goes on",
	}
	sort.Ints(codes)
	b := &strings.Builder{}
	b.WriteString("\n\nExit status:\n")
	for _, c := range codes {
		fmt.Fprintf(b, "  %-4d %s\n", c, meaning[c])
	}
	return strings.TrimRight(b.String(), "\n")
}

//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// outliveFileLimit makes a limit on the size of files (ulimit -f) an error of
// the write that meets it, and not the end of the process.
func outliveFileLimit() { signal.Ignore(syscall.SIGXFSZ) }

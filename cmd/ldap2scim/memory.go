package main

import (
	"os"
	"runtime/debug"
)

// softMemory is where the garbage collector begins to work harder, so that a
// plan for a million people stays below one gibibyte. GOMEMLIMIT says otherwise.
const softMemory = 900 << 20

// reportMemory is where the garbage collector begins to work harder for a
// report: it keeps less than a plan does, and the state file's pages come on top.
const reportMemory = 200 << 20

// collectLess has the garbage collector come a third as often, until the result
// is called: a command holds little memory and uses much for a moment. GOGC says
// otherwise.
func collectLess() func() {
	const percent = 300
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(percent)
	return func() { debug.SetGCPercent(before) }
}

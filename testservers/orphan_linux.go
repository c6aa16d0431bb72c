package testservers

import (
	"os/exec"
	"syscall"
)

// endWithParent makes the kernel end the process when the test binary dies.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

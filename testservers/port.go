package testservers

import (
	"net"
	"strconv"
	"testing"
)

// freePorts returns n different loopback ports that nobody listens on. Another
// process may take one before its use, so a caller tries again with new ones.
func freePorts(t testing.TB, n int) []string {
	t.Helper()
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatalf("find a free port: %v", err)
		}
		// All stay taken until the last is known, so that they differ.
		defer l.Close()
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return ports
}

// persist starts a server. Another process may take a port between its choice
// and its use: then start is called again, and chooses others.
func persist(t testing.TB, name string, start func() error) {
	t.Helper()
	const attempts = 3
	var err error
	for range attempts {
		if err = start(); err == nil {
			return
		}
	}
	t.Fatalf("start %s, %d attempts: %v", name, attempts, err)
}

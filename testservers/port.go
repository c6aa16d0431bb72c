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

package ldapsrc

import (
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// The server's silence counts, the caller's slowness does not.
func TestPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		p := &patience{Conn: near, limit: time.Minute}
		go func() {
			for range 2 {
				<-time.After(59 * time.Second)
				if _, err := io.WriteString(far, "x"); err != nil {
					t.Error(err)
				}
			}
		}()
		for range 2 {
			if _, err := p.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
		}
		<-time.After(time.Hour)
		begin := time.Now()
		_, err := p.Read(make([]byte, 1))
		if waited := time.Since(begin); !errors.Is(err, errSilent) || waited != time.Minute {
			t.Errorf("got %v after %s, want %v after 1m", err, waited, errSilent)
		}
	})
}

// A name that somebody else puts behind the answer to StartTLS is not read.
func TestStartTLSRefusesInjection(t *testing.T) {
	t.Parallel()
	answer := "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"
	for name, test := range map[string]struct {
		sent string
		fine bool
	}{
		"answer":               {answer, true},
		"answer and more":      {answer + answer, false},
		"answer to a search":   {"\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\x00\x04\x00\x04\x00", false},
		"refusal":              {"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00", false},
		"nothing, then closed": {"", false},
	} {
		near, far := net.Pipe()
		go func() {
			_, _ = far.Read(make([]byte, 1024)) // the request
			_, _ = io.WriteString(far, test.sent)
			_ = far.Close()
		}()
		if err := startTLS(near); (err == nil) != test.fine {
			t.Errorf("%s: got %v, want no error: %t", name, err, test.fine)
		}
		_ = near.Close()
	}
}

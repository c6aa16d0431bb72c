package company

import (
	"bufio"
	"encoding/base64"
	"io"
)

// ldif writes LDIF (RFC 2849). A failed write is told by flush.
type ldif struct{ w *bufio.Writer }

func newLDIF(w io.Writer) *ldif { return &ldif{bufio.NewWriterSize(w, 1<<16)} }

func (l *ldif) attribute(name, value string) {
	l.w.WriteString(name)
	if isSafe(value) {
		l.w.WriteString(": ")
		l.w.WriteString(value)
	} else {
		l.w.WriteString(":: ")
		l.w.WriteString(base64.StdEncoding.EncodeToString([]byte(value)))
	}
	l.w.WriteByte('\n')
}

func (l *ldif) end() { l.w.WriteByte('\n') }

func (l *ldif) flush() error { return l.w.Flush() }

// isSafe tells a SAFE-STRING that does not end in a space.
func isSafe(value string) bool {
	for i := range len(value) {
		switch c := value[i]; {
		case c >= 0x80, c == 0, c == '\n', c == '\r':
			return false
		case i == 0 && (c == ' ' || c == ':' || c == '<'):
			return false
		case i == len(value)-1 && c == ' ':
			return false
		}
	}
	return true
}

package scimdst

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"ldap2scim/plan"
)

const (
	largestAnswer = 64 << 20
	longestBlank  = 1 << 20
	// largestKept is the capacity up to which a buffer is used again.
	largestKept = 1 << 20
)

// answer is one with a 2xx. What it gave is good until release.
type answer struct {
	*http.Response
	rooms *sync.Pool
	room  *room
}

// room is what an answer is read in. It is used again.
type room struct {
	text   []byte
	reader resourceReader
}

// json returns the body of an answer that must be SCIM.
func (a *answer) json() ([]byte, error) {
	body, err := a.scim()
	if err != nil {
		return nil, err
	}
	r, ok := a.rooms.Get().(*room)
	if !ok {
		r = &room{}
	}
	a.room = r
	r.text, err = fill(r.text[:0], body)
	return r.text, err
}

// reader reads resources of one kind in what json has returned.
func (a *answer) reader(kind plan.Kind) *resourceReader {
	a.room.reader.kind = kind
	return &a.room.reader
}

// fill reads all that there is into b, which grows to what an answer may have
// at the most.
func fill(b []byte, from io.Reader) ([]byte, error) {
	for {
		if len(b) == cap(b) {
			grown := make([]byte, len(b), min(max(2*cap(b), 4<<10), largestAnswer+1))
			copy(grown, b)
			b = grown
		}
		n, err := from.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case errors.Is(err, io.EOF):
			return b, nil
		case err != nil:
			return b, err
		}
	}
}

func (a *answer) release() {
	if a.room == nil || cap(a.room.text) > largestKept {
		return
	}
	a.rooms.Put(a.room)
	a.room = nil
}

// scim returns the body of an answer that calls itself SCIM. Plain
// application/json is let through: many services say no more. Parameters, such
// as a charset, say nothing: JSON is UTF-8 (RFC 8259 §8.1).
func (a *answer) scim() (io.Reader, error) {
	given := a.Header.Get("Content-Type")
	kind, _, _ := strings.Cut(given, ";")
	kind = strings.TrimSpace(kind)
	if !strings.EqualFold(kind, mediaType) && !strings.EqualFold(kind, "application/json") {
		return nil, fmt.Errorf("the answer is %q and not %s", given, mediaType)
	}
	return &bounded{next: a.Body, left: largestAnswer}, nil
}

// bounded fails, unlike io.LimitReader, when there is more than allowed, or
// when too much of it in a row is blank: a JSON decoder looks at that again and
// again.
type bounded struct {
	next  io.Reader
	left  int
	blank int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the answer is larger than %d MiB", largestAnswer>>20)
	}
	n, err := b.next.Read(p[:min(len(p), b.left)])
	b.left -= n
	if b.blank += n; len(bytes.TrimLeft(p[:n], " \t\r\n")) > 0 {
		b.blank = 0
	}
	if b.blank > longestBlank {
		return 0, errors.New("the answer goes on and on with nothing in it")
	}
	return n, err
}

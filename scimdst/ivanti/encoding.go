package ivanti

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// decoded returns a file as UTF-8 without its byte order mark. UTF-8 and UTF-16
// are told by their marks or by their form; anything else is taken for
// Windows-1252, which Latin-1 is a part of.
func decoded(b []byte) ([]byte, error) {
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(b, []byte{0xef, 0xbb, 0xbf}):
		b = b[3:]
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}), bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		from = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case zeros(b, 1):
		from = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case zeros(b, 0):
		from = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case !utf8.Valid(b):
		from = charmap.Windows1252
	}
	if from != nil {
		var err error
		if b, err = from.NewDecoder().Bytes(b); err != nil {
			return nil, fmt.Errorf("read its encoding: %w", err)
		}
	}
	if at := bytes.IndexByte(b, 0); at >= 0 {
		line, column := place(b, at)
		return nil, &PlaceError{Line: line, Column: column, Err: errors.New("there is a zero byte, so this is not text")}
	}
	return b, nil
}

// zeros tells whether every second byte of the beginning is zero, as those of
// ASCII in UTF-16 are.
func zeros(b []byte, from int) bool {
	n := 0
	for i := from; i < min(len(b), 64); i += 2 {
		if b[i] != 0 {
			return false
		}
		n++
	}
	return n >= 2
}

// place is the line and the column, in characters, of a byte; both count from
// one.
func place(b []byte, at int) (line, column int) {
	before := b[:at]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// PlaceError is a file that cannot be read, with the place. Its text says
// nothing of what is written there.
type PlaceError struct {
	File         string
	Line, Column int
	Err          error
}

func (e *PlaceError) Error() string {
	where := fmt.Sprintf("line %d", e.Line)
	if e.Column > 0 {
		where += fmt.Sprintf(", column %d", e.Column)
	}
	if e.File != "" {
		where = e.File + ", " + where
	}
	return where + ": " + e.Err.Error()
}

func (e *PlaceError) Unwrap() error { return e.Err }

// inFile names the file of an error that has a place.
func inFile(err error, file string) error {
	if e, is := errors.AsType[*PlaceError](err); is {
		e.File = file
		return err
	}
	return fmt.Errorf("%s: %w", file, err)
}

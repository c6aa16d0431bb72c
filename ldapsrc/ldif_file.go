package ldapsrc

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// openLDIF opens a file, which may be compressed with gzip or bzip2: that is
// seen by its first bytes. The caller closes the closer.
func openLDIF(path string) (*ldifFile, io.Closer, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	in, err := plainLDIF(bufio.NewReaderSize(file, readBuffer))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return newLDIFFile(filepath.Base(path), in), file, nil
}

func newLDIFFile(name string, in *bufio.Reader) *ldifFile {
	return &ldifFile{name: name, lines: ldifLines{in: in}, names: newDecoder()}
}

func plainLDIF(in *bufio.Reader) (*bufio.Reader, error) {
	begin, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(begin, []byte{0x1f, 0x8b}):
		plain, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		return bufio.NewReaderSize(plain, readBuffer), nil
	case bytes.HasPrefix(begin, []byte("BZh")):
		return bufio.NewReaderSize(bzip2.NewReader(in), readBuffer), nil
	case bytes.HasPrefix(begin, []byte{0x28, 0xb5, 0x2f, 0xfd}), bytes.HasPrefix(begin, []byte("PK\x03\x04")), bytes.HasPrefix(begin, []byte{0xfd, '7', 'z', 'X'}):
		return nil, errors.New("the file is compressed in a way that is not read; use gzip or bzip2")
	case bytes.HasPrefix(begin, []byte{0xff, 0xfe}), bytes.HasPrefix(begin, []byte{0xfe, 0xff}):
		return nil, errors.New("the file is in UTF-16, and LDIF is in UTF-8; write it again without the option for Unicode (ldifde -u)")
	case bytes.HasPrefix(begin, []byte{0xef, 0xbb, 0xbf}):
		_, err = in.Discard(3)
		return in, err
	}
	return in, nil
}

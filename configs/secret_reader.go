package configs

import (
	"io/fs"
	"os"
	"sync"
)

// secretReader reads secrets that are asked for with each request. A file is
// read again when it is another than it was, so that a token may be renewed
// while a run goes, and is only looked at otherwise. A file system counts time in
// steps, so that two changes within one may look like one: what the service does
// not take is forgotten. The zero value is ready. It is safe for concurrent use.
type secretReader struct {
	mu   sync.Mutex
	kept map[Secret]keptSecret
}

// keptSecret is what a file held when it was as it is in info.
type keptSecret struct {
	value string
	info  fs.FileInfo
}

func (r *secretReader) read(s Secret) (string, error) {
	if s.path() == "" {
		return s.read()
	}
	info, err := os.Stat(s.path())
	if err != nil {
		return "", s.unreadable(err)
	}
	r.mu.Lock()
	kept, known := r.kept[s]
	r.mu.Unlock()
	if known && isSame(info, kept.info) {
		return kept.value, nil
	}
	value, err := s.read()
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == nil {
		r.kept = map[Secret]keptSecret{}
	}
	r.kept[s] = keptSecret{value: value, info: info}
	return value, nil
}

// forget has each file read again.
func (r *secretReader) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = nil
}

func isSame(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

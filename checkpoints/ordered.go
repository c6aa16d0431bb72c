package checkpoints

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"

	"ldap2scim/plan"
)

// objectKey is what tells the objects of one side apart, and their order.
type objectKey struct {
	kind   plan.Kind
	id     plan.ExternalID
	remote plan.RemoteID // of a resource
}

func (k objectKey) compare(o objectKey) int {
	return cmp.Or(strings.Compare(string(k.kind), string(o.kind)), strings.Compare(string(k.id), string(o.id)), strings.Compare(string(k.remote), string(o.remote)))
}

// stored is an object that is stored: its key, where its row is, and the digest
// of its content.
type stored struct {
	objectKey
	place int64
	sum   [sha256.Size]byte
}

func (s stored) compare(o stored) int {
	return cmp.Or(s.objectKey.compare(o.objectKey), cmp.Compare(s.place, o.place))
}

// ordered puts any number of objects in order outside of memory: sorted runs of
// them are written to a file that has no name, and merged.
type ordered struct {
	folder string
	file   *os.File // nil before the second run
	w      *bufio.Writer
	ends   []int64 // of the runs in the file
	size   int64
	last   []stored // the newest run, which is not in the file
	buf    []byte
}

// add adds a run that is in order, and keeps it.
func (o *ordered) add(run []stored) error {
	if err := o.spill(); err != nil {
		return fmt.Errorf("put IDs in order: %w", err)
	}
	o.last = run
	return nil
}

// spill writes the newest run to the file.
func (o *ordered) spill() (err error) {
	if len(o.last) == 0 {
		return nil
	}
	if o.file == nil {
		if o.file, err = os.CreateTemp(o.folder, ".ldap2scim-*"); err != nil {
			return err
		}
		_ = os.Remove(o.file.Name()) // where an open file may not be removed, close does it
		o.w = bufio.NewWriterSize(o.file, 1<<16)
	}
	for _, s := range o.last {
		o.buf = s.append(o.buf[:0])
		o.size += int64(len(o.buf))
		o.w.Write(o.buf)
	}
	o.ends = append(o.ends, o.size)
	return o.w.Flush()
}

// close removes the file.
func (o *ordered) close() error {
	if o.file == nil {
		return nil
	}
	err := o.file.Close()
	_ = os.Remove(o.file.Name()) // it is gone where that was possible before
	return err
}

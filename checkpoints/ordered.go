package checkpoints

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
)

// ordered puts any number of records in the order of their keys outside of
// memory: as many as are kept are sorted and written to a file that has no
// name, and in the end these runs are merged. Records with one key stay in the
// order in which they came. The zero value needs a folder.
type ordered struct {
	folder string
	file   *os.File // nil before the first run is written
	w      *bufio.Writer
	ends   []int64 // of the runs in the file
	size   int64

	data  []byte // of the records that wait
	marks []mark // one for each of them
}

// mark is where a record is in data, and how its key begins: most comparisons
// need no more.
type mark struct {
	begin    [2]uint64
	at, size uint32
}

const (
	// keptRecords is how many bytes of records are put in order at once, if it
	// is not one alone.
	keptRecords = 4 << 20
	// recordHeader holds the lengths of the key and of the value.
	recordHeader = 8
	// largestRecord is more than SQLite takes.
	largestRecord = 1 << 30
)

// add takes a copy of a record.
func (o *ordered) add(key, value []byte) error {
	if len(key)+len(value) > largestRecord {
		return fmt.Errorf("put in order: a record of %d bytes is too large", len(key)+len(value))
	}
	size := recordHeader + len(key) + len(value)
	if len(o.data)+size > keptRecords {
		if err := o.spill(); err != nil {
			return fmt.Errorf("put in order: %w", err)
		}
	}
	if cap(o.data)-len(o.data) < size {
		larger := make([]byte, len(o.data), max(min(2*cap(o.data), keptRecords), len(o.data)+size))
		copy(larger, o.data)
		o.data = larger
	}
	at := len(o.data)
	o.data = binary.LittleEndian.AppendUint32(o.data, uint32(len(key)))
	o.data = binary.LittleEndian.AppendUint32(o.data, uint32(len(value)))
	o.data = append(append(o.data, key...), value...)
	o.marks = append(o.marks, mark{beginOf(key), uint32(at), uint32(size)})
	return nil
}

// beginOf returns the first sixteen bytes of a key, compared as the key is but
// for what follows them.
func beginOf(key []byte) [2]uint64 {
	var b [16]byte
	copy(b[:], key)
	return [2]uint64{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// sort puts what is kept in order.
func (o *ordered) sort() {
	slices.SortFunc(o.marks, func(a, b mark) int {
		switch {
		case a.begin[0] != b.begin[0]:
			return cmp.Compare(a.begin[0], b.begin[0])
		case a.begin[1] != b.begin[1]:
			return cmp.Compare(a.begin[1], b.begin[1])
		}
		aKey, _ := record(o.data[a.at:])
		bKey, _ := record(o.data[b.at:])
		return cmp.Or(bytes.Compare(aKey, bKey), cmp.Compare(a.at, b.at))
	})
}

// recordSize is the size of the record whose header b begins with.
func recordSize(b []byte) int {
	return recordHeader + int(binary.LittleEndian.Uint32(b)) + int(binary.LittleEndian.Uint32(b[4:]))
}

// record is the key and the value of the record that b begins with.
func record(b []byte) (key, value []byte) {
	k, v := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	return b[recordHeader : recordHeader+k], b[recordHeader+k : recordHeader+k+v]
}

// spill writes what is kept to the file, as a run.
func (o *ordered) spill() (err error) {
	if len(o.marks) == 0 {
		return nil
	}
	if o.file == nil {
		if o.file, err = os.CreateTemp(o.folder, ".ldap2scim-*"); err != nil {
			return err
		}
		_ = os.Remove(o.file.Name()) // where an open file may not be removed, close does it
		o.w = bufio.NewWriterSize(o.file, 1<<16)
	}
	o.sort()
	for _, m := range o.marks {
		if _, err := o.w.Write(o.data[m.at:][:m.size]); err != nil {
			return err
		}
	}
	o.size += int64(len(o.data))
	o.ends = append(o.ends, o.size)
	if o.data, o.marks = o.data[:0], o.marks[:0]; cap(o.data) > keptRecords {
		o.data = nil // of one large record
	}
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

package checkpoints

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// objectKey is what tells the objects of a snapshot or an inventory apart, and
// their order.
type objectKey struct {
	kind   plan.Kind
	id     plan.ExternalID
	remote plan.RemoteID // of a resource
}

func (k objectKey) compare(o objectKey) int {
	return cmp.Or(strings.Compare(string(k.kind), string(o.kind)), strings.Compare(string(k.id), string(o.id)), strings.Compare(string(k.remote), string(o.remote)))
}

// In a record, a zero byte within a text stands as itself and what is greater
// than any end, so that keys come in the order of their texts.
const (
	endOfText = "\x00\x00"
	zeroByte  = "\x00\xff"
)

// append appends the form that records are put in order by.
func (k objectKey) append(b []byte) []byte {
	b = appendOrdered(b, string(k.kind))
	b = appendOrdered(b, string(k.id))
	return appendOrdered(b, string(k.remote))
}

func appendOrdered(b []byte, text string) []byte {
	if strings.IndexByte(text, 0) >= 0 {
		text = strings.ReplaceAll(text, "\x00", zeroByte)
	}
	return append(append(b, text...), endOfText...)
}

var errRecord = errors.New("a record without a key; this is a bug")

func readObjectKey(b []byte) (objectKey, error) {
	var texts [3]string
	for i := range texts {
		end := textEnd(b)
		if end < 0 {
			return objectKey{}, errRecord
		}
		text := b[:end]
		if bytes.IndexByte(text, 0) >= 0 {
			text = bytes.ReplaceAll(slices.Clone(text), []byte(zeroByte), []byte{0})
		}
		texts[i], b = string(text), b[end+len(endOfText):]
	}
	return objectKey{plan.Kind(texts[0]), plan.ExternalID(texts[1]), plan.RemoteID(texts[2])}, nil
}

// textEnd returns where the first text ends, or -1.
func textEnd(b []byte) int {
	for i := 0; i+1 < len(b); i++ {
		switch {
		case b[i] != 0:
		case b[i+1] == 0:
			return i
		default:
			i++
		}
	}
	return -1
}

package views

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// Encoder encodes JSON as all views do: one value on each line, without
// escapes that are for HTML.
func Encoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

// Array writes a further member of an object that is being written: an array
// with one value on each line, of any length.
func Array[T any](b *bufio.Writer, name string, all iter.Seq2[T, error]) error {
	fmt.Fprintf(b, ",%q:[\n", name)
	enc := Encoder(b)
	separator := ""
	for v, err := range all {
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		b.WriteString(separator)
		if err := enc.Encode(v); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		separator = ","
	}
	b.WriteString("]")
	return b.Flush()
}

package migrate

import (
	"bufio"
	"fmt"
	"io"
	"iter"

	"ldap2scim/checkpoints"
	"ldap2scim/internal/views"
)

// WriteJSON writes a report as one JSON object, one source object on each
// line. docs/report.md has the schema.
func (v View) WriteJSON(w io.Writer) error {
	b := bufio.NewWriter(w)
	b.WriteString("{\"format\":\"ldap2scim-report/1\",\n\"report\":")
	if err := views.Encoder(b).Encode(v.Report); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if v.Since > 0 {
		fmt.Fprintf(b, ",\"since\":%d,\"changed\":", v.Since)
		if err := views.Encoder(b).Encode(v.Changed); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	if err := views.Array(b, "objects", v.all()); err != nil {
		return err
	}
	if err := views.Array(b, "unexpected", v.foreigners()); err != nil {
		return err
	}
	b.WriteString("}\n")
	return b.Flush()
}

// foreigners yields everything that is at the destination alone.
func (v View) foreigners() iter.Seq2[checkpoints.Foreigner, error] {
	return func(yield func(checkpoints.Foreigner, error) bool) {
		for _, k := range kinds() {
			for f, err := range v.Foreigners(k) {
				if !yield(f, err) {
					return
				}
			}
		}
	}
}

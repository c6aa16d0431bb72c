package plan

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"ldap2scim/internal/views"
)

// WriteJSON writes a plan as one JSON object, member by member, so that a
// plan of any length is written in little memory. docs/plan-json.md has the
// schema.
func WriteJSON(w io.Writer, v View) error {
	b := bufio.NewWriter(w)
	head, err := canonical(struct {
		Summary
		Source         string    `json:"source"`
		Destination    string    `json:"destination"`
		SnapshotTaken  time.Time `json:"snapshotTaken"`
		InventoryTaken time.Time `json:"inventoryTaken"`
	}{v.Summary, v.Source, v.Destination, v.SnapshotTaken.UTC(), v.InventoryTaken.UTC()})
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "{\"format\":\"ldap2scim-plan/1\",\n\"summary\":%s", head)
	if err := views.Array(b, "findings", v.Findings); err != nil {
		return err
	}
	if err := views.Array(b, "steps", v.Steps); err != nil {
		return err
	}
	if err := views.Array(b, "decisions", v.Decisions); err != nil {
		return err
	}
	b.WriteString("}\n")
	return b.Flush()
}

package migrate

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ldap2scim/internal/views"
)

// WriteCSV writes one line for each object that is shown, for a spreadsheet:
// RFC 4180 with a head, in UTF-8. What is at the destination alone comes last,
// in the class "unexpected". No value can become a formula.
func (v View) WriteCSV(w io.Writer) error {
	b := bufio.NewWriter(w)
	views.Row(b, "kind", "id", "remote id", "name", "class", "planned", "check", "failure", "why", "what to do", "attempts", "run", "recorded", "differences", "members missing", "members too many")
	for l, err := range v.all() {
		if err != nil {
			return fmt.Errorf("read the report: %w", err)
		}
		var differences []string
		for _, d := range l.Differences {
			differences = append(differences, fmt.Sprintf("%s: %q, should be %q", d.Attribute, d.Is, d.Wants))
		}
		views.Row(b, string(l.Kind), string(l.Object), string(l.Remote), l.Name, l.Class, string(l.Planned), string(l.Code), string(l.Failure), l.Why, l.Remedy,
			number(int64(l.Attempts)), number(l.Run), recorded(l.At), strings.Join(differences, "; "), number(int64(len(l.Absent))), number(int64(len(l.Extra))))
	}
	for f, err := range v.foreigners() {
		if err != nil {
			return fmt.Errorf("read the report: %w", err)
		}
		views.Row(b, string(f.Kind), string(f.External), string(f.Remote), f.Name, unexpected, "", "", "", unexpectedWhy, "", "", "", "", "", "", "")
	}
	return b.Flush()
}

// What is said of objects that are at the destination alone.
const (
	unexpected    = "unexpected"
	unexpectedWhy = "at the destination and not in the directory; left alone"
)

// number leaves a cell empty where there is nothing to count.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// recorded is a time, or "" for none.
func recorded(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return views.Moment(t)
}

package plan

import (
	"strconv"

	"ldap2scim/internal/views"
)

// Printable returns s so that a terminal shows it and does nothing else; see
// [views.Printable].
func Printable(s string) string { return views.Printable(s) }

// count says n of a noun, in the plural where English wants it. What people
// read in the views has the thousands set apart ([views.Amount]); what is
// stored and digested has not.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

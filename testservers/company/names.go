package company

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//nolint:gochecknoglobals // tables that nobody writes to
var (
	givenNames = []string{
		"Ada", "Åsa", "Björn", "Chloé", "Dmitri", "Émile", "Fatma", "Gül", "Håkon", "Inés", "Jörg", "Kateřina",
		"Liam", "Małgorzata", "Niamh", "Ólafur", "Priya", "Renée", "Siân", "Thérèse", "Ursula", "Věra", "Xiu", "Žofia",
	}
	familyNames = []string{
		"Ångström", "Bianchi", "Çelik", "D'Angelo", "Østergaard", "Ferreira", "Gómez", "Horvát", "Iglesias", "Jónsson",
		"Kovář", "Lefèvre", "de Vries", "Nowak", "Öztürk", "Petrović", "Sjöberg", "Tanaka", "Urbański", "Virtanen", "Zhou",
	}
	departments = []string{"Design", "Finance", "IT", "Legal", "Research + Development", "Sales, EMEA", "Support", "Works"}
	titles      = []string{"Accountant", "Analyst", "Designer", "Director", "Engineer", "Technician"}
	cities      = []string{"Malmö", "Kraków", "Lyon", "Ostrava", "Reykjavík", "Zürich"}
)

// mailName returns the ASCII letters of a name without its marks, lower-case.
func mailName(name string) string {
	return strings.Map(func(r rune) rune {
		if r = unicode.ToLower(r); 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, norm.NFD.String(name))
}

// escapeRDN escapes a value for a DN (RFC 4514 section 2.4).
func escapeRDN(value string) string {
	var b strings.Builder
	for i, r := range value {
		atEnd := i == 0 || i == len(value)-1
		if strings.ContainsRune(`,+"\<>;=`, r) || r == '#' && i == 0 || r == ' ' && atEnd {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

package plan

import (
	"strconv"
	"strings"
	"unicode"
)

// Printable returns s so that a terminal shows it and does nothing else:
// control characters and those that turn the direction of text (the Unicode
// category Cf, among them U+202E) stand as escapes. Line feeds stay.
func Printable(s string) string {
	odd := func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar)
	}
	if strings.IndexFunc(s, odd) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if odd(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// count says n of a noun, in the plural where English wants it.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

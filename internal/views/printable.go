package views

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable returns s so that a terminal shows it and does nothing else:
// control characters, those that turn the direction of text (the Unicode
// category Cf, among them U+202E) and those that end a line or paragraph stand
// as escapes. Line feeds stay.
func Printable(s string) string {
	odd := func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar)
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

// Brief is s made printable on one line, and cut where it is longer than a
// person reads.
func Brief(s string) string { return cut(s, 160) }

// Long is the same for a sentence that quotes others, or says what to do.
func Long(s string) string { return cut(s, 800) }

func cut(s string, most int) string {
	n := utf8.RuneCountInString(s)
	if n > most {
		kept := 0
		for i := range s {
			if kept++; kept > most {
				s = s[:i] + "… (" + Amount(n, "character") + ")"
				break
			}
		}
	}
	return strings.ReplaceAll(Printable(s), "\n", `\n`)
}

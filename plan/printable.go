package plan

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

// brief is s made printable on one line, and cut where it is longer than a
// person reads.
func brief(s string) string {
	const most = 160
	n := utf8.RuneCountInString(s)
	if n > most {
		cut := 0
		for i := range s {
			if cut++; cut > most {
				s = s[:i] + "… (" + amount(n, "character") + ")"
				break
			}
		}
	}
	return strings.ReplaceAll(Printable(s), "\n", `\n`)
}

// count says n of a noun, in the plural where English wants it.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// amount is count with the thousands set apart, for what people read.
func amount(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return digits(n) + " " + noun + "s"
}

// digits writes a number with its thousands set apart.
func digits(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// wrapped breaks a sentence between words, so that no line is longer than
// width where its words are not. Each line but the first begins with indent;
// the first already has used characters before it.
func wrapped(s, indent string, used, width int) string {
	var b strings.Builder
	column := used
	for i, word := range strings.Split(s, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > width:
			b.WriteString("\n" + indent)
			column = utf8.RuneCountInString(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

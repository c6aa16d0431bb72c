package views

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Width is how wide text is where its words let it.
const Width = 100

// Amount says n of a noun, in the plural where English wants it, with the
// thousands set apart.
func Amount(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Digits(n) + " " + noun + "s"
}

// Digits writes a number with its thousands set apart.
func Digits(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Moment writes a time to the second, in UTC.
func Moment(t time.Time) string { return t.UTC().Format(time.DateTime + "Z") }

// Wrapped breaks a sentence between words, so that no line is longer than
// [Width] where its words are not. Each line but the first begins with indent;
// the first already has used characters before it.
func Wrapped(s, indent string, used int) string {
	var b strings.Builder
	column := used
	for i, word := range strings.Split(s, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > Width:
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

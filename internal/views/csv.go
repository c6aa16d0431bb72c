package views

import (
	"bufio"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Row writes one line of CSV (RFC 4180). Each cell is quoted, so that a
// spreadsheet that separates by something else does not find a second cell in
// it, and none can become a formula. The first error stays in b.
func Row(b *bufio.Writer, cells ...string) {
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(cell(c), `"`, `""`))
		b.WriteByte('"')
	}
	b.WriteString("\r\n")
}

// cell returns s so that a spreadsheet shows it and does nothing else: what
// [Printable] escapes is escaped, and a value that begins as a formula does
// (= + - @, tab, carriage return, line feed, and their wide forms, also behind
// spaces) gets an apostrophe before it. It is cut where spreadsheets cut.
func cell(s string) string {
	const most = 32000 // characters; the limit of Excel is 32,767
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "… (" + Amount(utf8.RuneCountInString(s), "character") + ")"
	}
	begins := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) && !strings.ContainsRune("\t\r\n", r) })
	if first, _ := utf8.DecodeRuneInString(begins); begins != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + Printable(s)
	}
	return Printable(s)
}

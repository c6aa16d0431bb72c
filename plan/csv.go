package plan

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WriteCSV writes one line for each source object, for a spreadsheet: RFC 4180
// with a head, in UTF-8. No value can become a formula: see [cell].
func WriteCSV(w io.Writer, v View) error {
	b := bufio.NewWriter(w)
	line(b, "kind", "id", "name", "class", "code", "actions", "hazards", "waves", "requests", "members added", "members removed", "changes", "findings")
	for _, k := range kinds() {
		for r, err := range v.Rows(k) {
			if err != nil {
				return fmt.Errorf("read the plan's objects: %w", err)
			}
			line(b, string(r.Kind), string(r.Object), r.Name, string(r.Class), string(r.Code),
				words(r.Actions, Action.Word), words(r.Hazards, asIs), words(r.Waves, asIs),
				strconv.Itoa(len(r.Steps)), strconv.Itoa(r.Adds), strconv.Itoa(r.Takes),
				strings.Join(changedFields(r.Before, r.After), "; "), words(r.Findings, Finding.brief))
		}
	}
	return b.Flush()
}

// WriteFindingsCSV writes one line for each finding, as [WriteCSV] does.
func WriteFindingsCSV(w io.Writer, all iter.Seq2[Finding, error]) error {
	b := bufio.NewWriter(w)
	line(b, "severity", "code", "kind", "id", "name", "sentence", "remedy", "waived")
	for f, err := range all {
		if err != nil {
			return fmt.Errorf("read findings: %w", err)
		}
		line(b, string(f.Severity), string(f.Code), string(f.Kind), string(f.Object), f.Name, f.Sentence, f.Remedy, f.Waived)
	}
	return b.Flush()
}

// line writes one line. Each cell is quoted, so that a spreadsheet that
// separates by something else does not find a second cell in it.
func line(b *bufio.Writer, cells ...string) {
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
		s = string([]rune(s)[:most]) + "… (" + amount(utf8.RuneCountInString(s), "character") + ")"
	}
	begins := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) && !strings.ContainsRune("\t\r\n", r) })
	if first, _ := utf8.DecodeRuneInString(begins); begins != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + Printable(s)
	}
	return Printable(s)
}

// changedFields says of each field what it was and will be.
func changedFields(before, after Fields) []string {
	var all []string
	for path, to := range after.Sorted() {
		s := label(path) + ": "
		if from, changed := before[path]; changed {
			s += strconv.Quote(from) + " → "
		}
		all = append(all, s+strconv.Quote(to))
	}
	return all
}

func (f Finding) brief() string { return string(f.Severity) + " " + string(f.Code) + " " + f.Sentence }

// words joins a list as word says each of it.
func words[T any](list []T, word func(T) string) string {
	all := make([]string, len(list))
	for i, v := range list {
		all[i] = word(v)
	}
	return strings.Join(all, "; ")
}

func asIs[T ~string](v T) string { return string(v) }

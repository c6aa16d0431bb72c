package plan

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"ldap2scim/internal/views"
)

// WriteCSV writes one line for each source object, for a spreadsheet: RFC 4180
// with a head, in UTF-8. No value can become a formula.
func WriteCSV(w io.Writer, v View) error {
	b := bufio.NewWriter(w)
	views.Row(b, "kind", "id", "name", "class", "code", "actions", "hazards", "waves", "requests", "members added", "members removed", "changes", "findings")
	for _, k := range kinds() {
		for r, err := range v.Rows(k) {
			if err != nil {
				return fmt.Errorf("read the plan's objects: %w", err)
			}
			views.Row(b, string(r.Kind), string(r.Object), r.Name, string(r.Class), string(r.Code),
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
	views.Row(b, "severity", "code", "kind", "id", "name", "sentence", "remedy", "waived")
	for f, err := range all {
		if err != nil {
			return fmt.Errorf("read findings: %w", err)
		}
		views.Row(b, string(f.Severity), string(f.Code), string(f.Kind), string(f.Object), f.Name, f.Sentence, f.Remedy, f.Waived)
	}
	return b.Flush()
}

// changedFields says of each field what it was and will be.
func changedFields(before, after Fields) []string {
	var all []string
	for path := range changedPaths(before, after) {
		s := Label(path) + ": "
		if from, changed := before[path]; changed {
			s += strconv.Quote(from) + " → "
		}
		to := nothing
		if value, set := after[path]; set {
			to = strconv.Quote(value)
		}
		all = append(all, s+to)
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

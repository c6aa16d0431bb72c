package ivantitest

import (
	"encoding/csv"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ExportCSV is the export of the portal's list of users: what could be read as
// a formula begins with an apostrophe, and a vertical bar is escaped.
func (s *Server) ExportCSV() []byte {
	var b strings.Builder
	w := csv.NewWriter(&b)
	names := map[string]bool{}
	accounts := s.Accounts()
	for _, a := range accounts {
		for name := range a.LDAP {
			names[name] = true
		}
	}
	custom := slices.Sorted(maps.Keys(names))
	head := append([]string{"User ID", "Email Address", "First Name", "Last Name", "Source", "Status", "Device Count", "Managed Apple ID", "Object GUID"}, custom...)
	rows := [][]string{head}
	for _, a := range accounts {
		status := "Active"
		if a.Disabled {
			status = "Disabled"
		}
		s.mu.Lock()
		devices := s.devicesOf(a.UID)
		s.mu.Unlock()
		row := []string{a.UID, a.Email, a.First, a.Last, a.Source, status, strconv.Itoa(devices), a.AppleID, a.GUID}
		for _, name := range custom {
			row = append(row, a.LDAP[name])
		}
		for i := range row {
			row[i] = guarded(row[i])
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		panic(err) // unreachable: a builder takes everything
	}
	return []byte(b.String())
}

func guarded(t string) string {
	t = strings.ReplaceAll(t, "|", `\|`)
	if t != "" && strings.ContainsRune("+-=@", rune(t[0])) {
		return "'" + t
	}
	return t
}

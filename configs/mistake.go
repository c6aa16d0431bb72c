package configs

import (
	"fmt"
	"strings"
)

// Mistake is one thing that is wrong in the configuration file.
type Mistake struct {
	File string
	// Line counts from 1; it is 0 for a key that is missing. Column counts
	// from 1; it is 0 where the line says enough.
	Line, Column int
	// Key is the path of the key, such as source.users.base, or "".
	Key  string
	What string
}

func (m *Mistake) Error() string {
	where := m.File
	if m.Line > 0 {
		where = fmt.Sprintf("%s:%d", m.File, m.Line)
	}
	if m.Column > 0 {
		where = fmt.Sprintf("%s:%d", where, m.Column)
	}
	if m.Key != "" {
		where += ": " + m.Key
	}
	return where + ": " + m.What
}

// meant returns ", did you mean X?" for the known word nearest to word, or ""
// when none is near.
func meant(word string, known []string) string {
	best, least := "", 1+len(word)/3
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d <= least {
			if d < least || best == "" {
				best, least = k, d
			}
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// distance is the number of letters to change, add, drop or swap with their
// neighbour to make b of a.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

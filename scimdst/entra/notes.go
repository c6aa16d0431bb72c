package entra

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"ldap2scim/plan"
)

// The secrets of a job can be put and not be read. What was put is noted in the
// notes of the service principal, the token as a digest, so that a later plan
// knows, and other applications of ours that write to the same service are
// recognised.

// notesMark begins the line of the notes that is ours.
const notesMark = "ldap2scim provisions with "

// mostNotes is how many characters the notes of a service principal hold.
// Source: learn.microsoft.com/graph/api/resources/serviceprincipal.
const mostNotes = 1024

// Words for the token that was put, as a field of the setting.
const (
	tokenAsConfigured = "as configured"
	tokenOther        = "another"
)

// digestKey is the member of the notes that holds the token's digest.
const digestKey = "token"

// tokenDigest is enough of a digest to tell two tokens apart, and too little
// to try tokens against.
func tokenDigest(token string) string {
	sum := sha256.Sum256([]byte("ldap2scim\x00" + token))
	return hex.EncodeToString(sum[:6])
}

// notesOf reads our line of the notes, or returns nil when there is none.
func notesOf(notes string) map[string]string {
	for line := range strings.Lines(notes) {
		text, ours := strings.CutPrefix(strings.TrimSpace(line), notesMark)
		var said map[string]string
		if ours && json.Unmarshal([]byte(text), &said) == nil {
			return said
		}
	}
	return nil
}

// noted puts our line into notes, in the place of an older one.
func noted(notes string, said map[string]string) (string, error) {
	line, err := encode(said)
	if err != nil {
		return "", err
	}
	var kept []string
	for old := range strings.Lines(notes) {
		if old = strings.TrimRight(old, "\r\n"); !strings.HasPrefix(strings.TrimSpace(old), notesMark) && old != "" {
			kept = append(kept, old)
		}
	}
	all := strings.Join(append(kept, notesMark+string(line)), "\n")
	if n := utf8.RuneCountInString(all); n > mostNotes {
		return "", &RefusedError{
			What:   fmt.Sprintf("the notes of the application would have %d characters, and Entra ID takes %d", n, mostNotes),
			Advice: "Shorten what others have written into the notes of the enterprise application; ldap2scim adds one line that says what it provisions with.",
		}
	}
	return all, nil
}

// secrets is what was put, with the token in words.
func (r *Reader) secrets(notes string) (plan.Fields, bool, error) {
	said := notesOf(notes)
	if said == nil {
		return nil, false, nil
	}
	token, err := r.config.Service.Token()
	if err != nil {
		return nil, false, fmt.Errorf("compare the service's token with the one that was put: %w", err)
	}
	f := plan.Fields{}
	for name, v := range said {
		f[name] = v
	}
	f["token"] = tokenOther
	if said[digestKey] == tokenDigest(token) {
		f["token"] = tokenAsConfigured
	}
	return f, true, nil
}

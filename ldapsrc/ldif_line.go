package ldapsrc

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ldifLines reads the lines of an LDIF file (RFC 2849), unfolded and without
// comments.
type ldifLines struct {
	in *bufio.Reader
	// line is the number of the last physical line, begun that of the first
	// one of the last whole line.
	line, begun int
	// ahead is a physical line that was read too early.
	ahead   string
	isAhead bool
	// cut reports that the file ends within a line.
	cut bool
	// references counts the comments in which ldapsearch -LLL puts references.
	references int
}

// next returns a whole line, which is empty between records. At the end of the
// file it returns io.EOF.
func (l *ldifLines) next() (string, error) {
	for {
		whole, err := l.physical()
		if err != nil {
			return "", err
		}
		l.begun = l.line
		if whole == "" {
			return "", nil
		}
		if whole, err = l.unfold(whole); err != nil {
			return "", err
		}
		if !strings.HasPrefix(whole, "#") {
			return whole, nil
		}
		if strings.HasPrefix(whole, "# refldap") {
			l.references++
		}
	}
}

// unfold appends the lines that go on with this one.
func (l *ldifLines) unfold(begin string) (string, error) {
	parts := []string{begin}
	for {
		line, err := l.physical()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		more, folded := strings.CutPrefix(line, " ")
		if !folded {
			l.ahead, l.isAhead = line, true
			break
		}
		parts = append(parts, more)
	}
	return strings.Join(parts, ""), nil
}

func (l *ldifLines) physical() (string, error) {
	l.line++
	if l.isAhead {
		l.isAhead = false
		l.line--
		return l.ahead, nil
	}
	line, err := l.in.ReadString('\n')
	if errors.Is(err, io.EOF) && line != "" {
		l.cut, err = true, nil
	}
	if err != nil {
		l.line--
		return "", err
	}
	line = strings.TrimSuffix(line, "\n")
	return strings.TrimSuffix(line, "\r"), nil
}

// parseLDIFLine takes an attrval-spec apart.
func parseLDIFLine(line string) (name, value string, err error) {
	name, value, ok := strings.Cut(line, ":")
	switch {
	case !ok || !isLDIFName(name):
		return "", "", fmt.Errorf("%.60q is not an attribute and a value", line)
	case strings.HasPrefix(value, "<"):
		return "", "", fmt.Errorf("the value of %s stands elsewhere (%.60s), and other files are not read", name, strings.TrimSpace(value[1:]))
	case strings.HasPrefix(value, ":"):
		decoded, err := base64.StdEncoding.DecodeString(strings.Trim(value[1:], " "))
		if err != nil {
			return "", "", fmt.Errorf("the value of %s is not base64: %w", name, err)
		}
		return name, string(decoded), nil
	}
	return name, strings.TrimLeft(value, " "), nil
}

// isLDIFName reports whether s can be an attribute description (RFC 4512
// §2.5), with options, those for ranges too.
func isLDIFName(s string) bool {
	base, options, _ := strings.Cut(s, ";")
	return isDescription(base) && (options == "" || isDescription(strings.Map(func(r rune) rune {
		if strings.ContainsRune(";=*", r) {
			return '-'
		}
		return r
	}, options)))
}

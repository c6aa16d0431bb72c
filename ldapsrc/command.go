package ldapsrc

import (
	"fmt"
	"strings"
)

// Command returns the ldapsearch line that does the same search, ready to be
// pasted into a shell. It asks for the password (-W) and never holds it.
// Of a search with several bases there is a line for each.
func (s Search) Command(c Config) string {
	bases := s.bases()
	if len(bases) == 0 {
		bases = []string{""}
	}
	lines := make([]string, len(bases))
	for i, base := range bases {
		s.Base, s.Bases = base, nil
		lines[i] = named{Search: s}.command(c)
	}
	return strings.Join(lines, "\n")
}

func (s named) command(c Config) string {
	c = c.WithDefaults()
	var words []string
	if c.CAFile != "" {
		words = append(words, "LDAPTLS_CACERT="+quote(c.CAFile))
	}
	if c.InsecureSkipVerify {
		words = append(words, "LDAPTLS_REQCERT=never")
	}
	if c.CertFile != "" {
		words = append(words, "LDAPTLS_CERT="+quote(c.CertFile), "LDAPTLS_KEY="+quote(c.KeyFile))
	}
	words = append(words, "ldapsearch", "-LLL", "-o", "ldif-wrap=no")
	if c.how() == bindExternal {
		words = append(words, "-Q", "-Y", "EXTERNAL")
	} else {
		words = append(words, "-x")
	}
	words = append(words, "-H", quote(strings.Join(c.servers(), " ")))
	if c.StartTLS {
		words = append(words, "-ZZ")
	}
	if c.BindDN != "" {
		words = append(words, "-D", quote(c.BindDN), "-W")
	}
	scope := s.Scope
	if scope == "" {
		scope = "sub"
	}
	words = append(words, "-b", quote(s.Base), "-s", quote(scope),
		"-E", fmt.Sprintf("pr=%d/noprompt", c.PageSize), quote(s.Filter))
	for _, name := range s.attributes() {
		words = append(words, quote(name))
	}
	return strings.Join(words, " ")
}

// quote returns s as one word of a POSIX shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			strings.ContainsRune("@%+=:,./-_", r)
	}
	if s != "" && strings.TrimFunc(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

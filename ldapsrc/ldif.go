package ldapsrc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"ldap2scim/ldapsrc/internal/filter"
	"ldap2scim/plan"
)

// Files are paths. In YAML they are one, or a list of them.
type Files []string

// UnmarshalYAML takes one path, or a list.
func (f *Files) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if err := unmarshal(&one); err == nil {
		*f = Files{one}
		return nil
	}
	return unmarshal((*[]string)(f))
}

// LDIF is a directory in LDIF files (RFC 2849). It is for one goroutine.
type LDIF struct {
	config Config
}

// OpenLDIF checks c, whose LDIF names the files, and makes sure that they are
// there. The searches of c are evaluated in this process: their bases, scopes
// and filters mean what they mean for a server, and all attributes that they
// read must have been written to the files.
func OpenLDIF(c Config) (*LDIF, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if len(c.LDIF) == 0 {
		return nil, errors.New("ldif: missing; name the files")
	}
	l := &LDIF{config: c.WithDefaults()}
	_, err := l.stat()
	return l, err
}

// Close does nothing; no file stays open. It is there for the sake of callers
// that have a [Source] as well.
func (l *LDIF) Close() error { return nil }

// Read is as that of [Source]. It goes through the files once for each search.
// The proof is not complete when a file says of itself that it does not hold
// everything: it ends in the middle of a line, it holds references, it holds
// the end of a search that failed, or ranges of an attribute.
func (l *LDIF) Read(ctx context.Context, yield func(plan.Entry) error) (plan.Proof, error) {
	before, err := l.stat()
	if err != nil {
		return plan.Proof{}, err
	}
	proof, err := l.config.read(func(search named, give func(record) error) (plan.Search, error) {
		p := ldifPass{config: l.config, search: search, give: give}
		return p.run(ctx)
	}, yield)
	if err != nil {
		return proof, err
	}
	after, err := l.stat()
	if err == nil && after != before {
		err = &Error{Op: "read", Subject: strings.Join(l.config.LDIF, ", "), Err: errors.New("a file was changed while it was read"), Advice: "Run it again when the export has ended."}
	}
	if err != nil {
		proof.Complete = false
	}
	return proof, err
}

// stat returns the sizes and times of the files.
func (l *LDIF) stat() (string, error) {
	var all strings.Builder
	for _, path := range l.config.LDIF {
		info, err := os.Stat(path)
		if err != nil {
			return "", &Error{Op: "read", Subject: path, Err: err, Advice: "Check the paths in ldif."}
		}
		fmt.Fprintln(&all, path, info.Size(), info.ModTime().UnixNano())
	}
	return all.String(), nil
}

// ldifPass is one search through all files.
type ldifPass struct {
	config Config
	search named
	give   func(record) error

	base   string
	scope  int
	filter *filter.Filter
	dns    folder
	seen   bool // an entry at the base or below it
	record plan.Search
}

func (p *ldifPass) run(ctx context.Context) (plan.Search, error) {
	p.record = plan.Search{Name: p.search.name, Request: fmt.Sprintf("%s: below %s (%s) where %s",
		strings.Join(p.config.LDIF, ", "), p.search.Base, orSub(p.search.Scope), p.search.Filter)}
	var err error
	if p.base, err = FoldDN(p.search.Base); err != nil {
		return p.record, err
	}
	if p.scope, err = p.search.scope(); err != nil {
		return p.record, err
	}
	if p.filter, err = filter.Parse(p.search.Filter); err != nil {
		return p.record, err
	}
	var missing []string
	for _, path := range p.config.LDIF {
		why, err := p.file(ctx, path)
		missing = append(missing, why...)
		if err != nil {
			return p.record, err
		}
		p.record.Pages++
	}
	p.record.Missing = strings.Join(missing, "; ")
	if !p.seen {
		return p.record, &Error{Op: "find the base of " + p.search.name, Subject: p.search.Base, Err: errNoBase, Advice: "Check the base; the files hold nothing there."}
	}
	return p.record, nil
}

func (p *ldifPass) file(ctx context.Context, path string) (missing []string, err error) {
	f, closer, err := openLDIF(path)
	if err != nil {
		return nil, &Error{Op: "read", Subject: path, Err: err}
	}
	defer func() { err = errors.Join(err, closer.Close()) }()
	for {
		r, err := f.record()
		switch {
		case errors.Is(err, io.EOF):
			return f.missing, nil
		case err != nil:
			return f.missing, &Error{Op: "read", Subject: path, Err: err, Advice: adviceOnFile(err)}
		case ctx.Err() != nil:
			return f.missing, fmt.Errorf("read %s: %w", path, ctx.Err())
		}
		if err := p.take(r); err != nil {
			return f.missing, err
		}
	}
}

func adviceOnFile(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "The file ends too early; make the export again."
	}
	return ""
}

func (p *ldifPass) take(r record) error {
	// Where an entry lies whose DN does not parse nobody can tell: it is taken,
	// and has a flaw.
	key, err := p.dns.fold(r.dn)
	p.seen = p.seen || err == nil && within(key, p.base, ldap.ScopeWholeSubtree)
	if err == nil && !within(key, p.base, p.scope) || p.filter.Eval(describe(r.attrs), every) != filter.Yes {
		return nil
	}
	p.record.Entries++
	return p.give(r)
}

func orSub(scope string) string {
	if scope == "" {
		return "sub"
	}
	return scope
}

// Check reads the files, and says what is below each search base.
func (l *LDIF) Check(ctx context.Context) (Facts, error) {
	facts := Facts{Server: strings.Join(l.config.LDIF, ", "), Vendor: "LDIF", Paging: true}
	for _, search := range l.config.searches() {
		seen := sample{}
		p := ldifPass{config: l.config, search: search, give: seen.take}
		record, err := p.run(ctx)
		base := Base{Name: search.name, DN: search.Base, Sampled: record.Entries, Estimate: record.Entries, Unseen: seen.unseen(search)}
		if err != nil && !errors.Is(err, errNoBase) {
			return facts, err
		}
		base.Err = err
		facts.Bases = append(facts.Bases, base)
		if record.Missing != "" {
			facts.Warnings = append(facts.Warnings, search.name+": "+record.Missing)
		}
	}
	facts.warn(l.config)
	return facts, nil
}

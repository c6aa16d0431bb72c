package testservers

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// SlapdOptions change how a directory is set up. The zero value is a good one.
type SlapdOptions struct {
	// Suffix is dc=example,dc=com when empty.
	Suffix string
	// LoadWith says how the LDIF gets into the directory.
	LoadWith LoadTool
	// SizeLimit is the most entries that a search of the reader returns
	// without paging; 500 when 0.
	SizeLimit int
	// PageLimit is the largest page that the reader may ask for; 1,000 when 0.
	PageLimit int
	// TotalLimit is the most entries that a search of the reader returns with
	// paging; 0 means no limit.
	TotalLimit int
	// Certificate is the one that the server shows.
	Certificate Certificate
	// RequireTLS refuses a simple bind over a connection without TLS.
	RequireTLS bool
}

// LoadTool is the program that loads a directory.
type LoadTool int

const (
	// Slapadd writes into the database while no server runs. It is fast, runs
	// no overlay (memberOf is only where the LDIF has it) and takes
	// operational attributes such as entryUUID from the LDIF.
	Slapadd LoadTool = iota
	// Ldapadd adds entry by entry through the running server, so that the
	// overlays see them: memberOf is filled where groups come after members.
	Ldapadd
)

// Directory is a directory server that runs until the test is over.
type Directory struct {
	// URL speaks LDAP, with StartTLS; LDAPSURL speaks it over TLS.
	URL, LDAPSURL string
	// SocketURL speaks it over a socket (ldapi://). It is empty for Samba.
	SocketURL string
	// CAFile is a PEM file with the CA of the server's certificate.
	CAFile string
	// ClientCert and ClientKey are PEM files of a certificate with which a
	// SASL bind EXTERNAL becomes the reader, as it does over the socket. They
	// are empty for Samba.
	ClientCert, ClientKey string
	Suffix                string
	// The reader may read everything but passwords, under the limits.
	ReaderDN, ReaderPassword string
	// The administrator may do everything and has no limits.
	AdminDN, AdminPassword string
}

const defaultSuffix = "dc=example,dc=com"

var (
	//go:embed corp.schema
	corpSchema []byte
	//go:embed slapd.conf.tmpl
	slapdConf string
)

// Slapd starts OpenLDAP with the entries of ldif, whose first is the suffix.
// It has the schemas core, cosine, inetorgperson, nis and dyngroup and that in
// corp.schema, and keeps memberOf, the integrity of references and the state
// of accounts (ppolicy). Beside the entries of ldif there is one, of the
// reader.
func Slapd(t testing.TB, ldif io.Reader, o SlapdOptions) *Directory {
	t.Helper()
	s := newSlapd(t, o)
	reader := fmt.Sprintf("\n\ndn: %s\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n"+
		"cn: reader\nuserPassword: %s\n", s.ReaderDN, s.ReaderPassword)
	ldif = io.MultiReader(ldif, strings.NewReader(reader))
	if o.LoadWith == Slapadd {
		s.load(t, ldif, s.slapadd, "-q", "-f", s.conf, "-b", s.Suffix)
	}
	s.start(t)
	if o.LoadWith == Ldapadd {
		s.load(t, ldif, s.ldapadd, "-x", "-H", s.URL, "-D", s.AdminDN, "-w", s.AdminPassword)
	}
	return &s.Directory
}

// slapd is a directory with what it takes to run it.
type slapd struct {
	Directory
	program, slapadd, ldapadd string
	conf                      string
}

func newSlapd(t testing.TB, o SlapdOptions) *slapd {
	t.Helper()
	if o.Suffix == "" {
		o.Suffix = defaultSuffix
	}
	if o.SizeLimit == 0 {
		o.SizeLimit = 500
	}
	if o.PageLimit == 0 {
		o.PageLimit = 1000
	}
	dir := t.TempDir()
	certificates := writeCertificates(t, dir, o.Certificate)
	s := &slapd{
		Directory: Directory{
			CAFile:         certificates.CA,
			ClientCert:     certificates.ClientCert,
			ClientKey:      certificates.ClientKey,
			Suffix:         o.Suffix,
			ReaderDN:       "cn=reader," + o.Suffix,
			ReaderPassword: "reader-password",
			AdminDN:        "cn=admin," + o.Suffix,
			AdminPassword:  "admin-password",
		},
		// Debian keeps the first two off an ordinary user's PATH.
		program: requireProgram(t, "slapd", "slapd", "/usr/sbin/slapd"),
		slapadd: requireProgram(t, "slapd", "slapadd", "/usr/sbin/slapadd"),
		ldapadd: requireProgram(t, "ldap-utils", "ldapadd"),
		conf:    filepath.Join(dir, "slapd.conf"),
	}
	var conf bytes.Buffer
	err := template.Must(template.New("slapd.conf").Parse(slapdConf)).Execute(&conf, struct {
		SlapdOptions
		Dir, ReaderDN, AdminDN, AdminPassword string
		Certificates                          certificateFiles
	}{o, dir, s.ReaderDN, s.AdminDN, s.AdminPassword, certificates})
	if err != nil {
		t.Fatalf("make slapd.conf: %v", err)
	}
	writeFile(t, s.conf, conf.Bytes())
	writeFile(t, filepath.Join(dir, "corp.schema"), corpSchema)
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	return s
}

// load runs a tool that reads LDIF from its standard input.
func (s *slapd) load(t testing.TB, ldif io.Reader, tool string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tool, args...)
	cmd.Stdin = ldif
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("load the directory: %s: %v\n%s", filepath.Base(tool), err, output)
	}
}

// start starts the server and waits until it answers.
func (s *slapd) start(t testing.TB) {
	t.Helper()
	persist(t, "slapd", func() error {
		ports := freePorts(t, 2)
		s.URL, s.LDAPSURL = "ldap://127.0.0.1:"+ports[0], "ldaps://127.0.0.1:"+ports[1]
		s.SocketURL = "ldapi://" + url.PathEscape(filepath.Join(socketFolder(t), "ldapi"))
		p := launch(t, program{name: "slapd", path: s.program, args: []string{
			"-f", s.conf, "-n", "slapd-test", "-h", s.URL + " " + s.LDAPSURL + " " + s.SocketURL,
			"-d", "0", // stay in the foreground
		}})
		return p.await(t.Context(), func() error { return askRoot(s.URL) })
	})
}

// socketFolder returns a folder with a name so short that a socket fits in.
func socketFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "slapd") //nolint:usetesting // the folder of the test has its name in it, which is too long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// askRoot reads the root DSE.
func askRoot(place string) error {
	conn, err := ldap.DialURL(place, ldap.DialWithDialer(&net.Dialer{Timeout: time.Second}))
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetTimeout(time.Second)
	_, err = conn.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases,
		0, 0, false, "(objectClass=*)", []string{"1.1"}, nil))
	return err
}

func writeFile(t testing.TB, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

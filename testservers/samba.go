package testservers

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"unicode/utf16"
)

//go:embed samba.conf.tmpl
var sambaConf string

const (
	sambaRealm = "AD.EXAMPLE.COM"
	// SambaSuffix is the domain that [Samba] makes.
	SambaSuffix = "DC=ad,DC=example,DC=com"
)

// Samba makes a domain of Active Directory, adds the entries of ldif, each
// after those that it lies under or names, and starts a domain controller. To
// make the domain takes some six seconds, each person about a millisecond.
//
// The reader is an ordinary account, who may read what every account may. A
// simple bind without TLS is refused. There are no limits but those that a
// client asks for: no largest page, and values in ranges only on demand.
//
// The ports of a domain controller are fixed, so each listens on a loopback
// address of its own, which takes Linux and the right to listen on port 389.
func Samba(t testing.TB, ldif io.Reader) *Directory {
	t.Helper()
	s := &samba{
		Directory: Directory{
			Suffix:         SambaSuffix,
			ReaderDN:       "CN=reader,CN=Users," + SambaSuffix,
			ReaderPassword: "reader-Passw0rd",
			AdminDN:        "CN=Administrator,CN=Users," + SambaSuffix,
			AdminPassword:  "admin-Passw0rd",
		},
		program: requireProgram(t, "samba samba-ad-dc", "samba", "/usr/sbin/samba"),
		tool:    requireProgram(t, "samba samba-ad-provision", "samba-tool"),
		ldbadd:  requireProgram(t, "ldb-tools", "ldbadd"),
		Dir:     t.TempDir(),
		Realm:   sambaRealm,
	}
	s.conf = filepath.Join(s.Dir, "smb.conf")
	s.run(t, nil, s.tool, "domain", "provision", "--targetdir="+s.Dir, "--realm="+s.Realm, "--domain=EXAMPLE",
		"--server-role=dc", "--dns-backend=NONE", "--adminpass="+s.AdminPassword, "--host-name=dc1",
		"--host-ip=127.0.0.1", "--option=interfaces=127.0.0.1/8", "--option=bind interfaces only=yes")
	s.configure(t, "127.0.0.1")
	reader := fmt.Sprintf("\n\ndn: %s\nobjectClass: user\nsAMAccountName: reader\nuserAccountControl: 66048\nunicodePwd:: %s\n",
		s.ReaderDN, unicodePassword(s.ReaderPassword))
	s.run(t, io.MultiReader(ldif, strings.NewReader(reader)), s.ldbadd,
		"-H", filepath.Join(s.Dir, "private", "sam.ldb"), "--configfile="+s.conf, "--nosync", "-o", "batch_mode:1")
	s.start(t)
	return &s.Directory
}

// samba is a domain controller with what it takes to run it.
type samba struct {
	Directory
	program, tool, ldbadd, conf string
	Dir, Realm, Address         string
	Certificates                certificateFiles
}

// configure writes the configuration for an address.
func (s *samba) configure(t testing.TB, address string) {
	t.Helper()
	s.Address = address
	s.Certificates = writeCertificates(t, s.Dir, Valid, net.ParseIP(address))
	s.CAFile = s.Certificates.CA
	s.URL, s.LDAPSURL = "ldap://"+address, "ldaps://"+address
	var conf bytes.Buffer
	if err := template.Must(template.New("smb.conf").Parse(sambaConf)).Execute(&conf, s); err != nil {
		t.Fatalf("make smb.conf: %v", err)
	}
	writeFile(t, s.conf, conf.Bytes())
	for _, dir := range []string{"run", "cache"} {
		if err := os.MkdirAll(filepath.Join(s.Dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *samba) run(t testing.TB, input io.Reader, tool string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tool, args...)
	cmd.Stdin = input
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make the domain: %s: %v\n%s", filepath.Base(tool), err, output)
	}
}

func (s *samba) start(t testing.TB) {
	t.Helper()
	persist(t, "samba", func() error {
		s.configure(t, freeLoopback(t))
		p := launch(t, program{name: "samba", path: s.program, args: []string{
			"-s", s.conf, "-F", "--no-process-group", "--debug-stdout",
			// Through a pipe, the end of the process is that of its children
			// too, which still write into the folder.
		}, tee: io.Discard})
		return p.await(t.Context(), func() error { return askRoot(s.URL) })
	})
}

// freeLoopback returns an address of this machine on whose LDAP ports nobody
// listens.
func freeLoopback(t testing.TB) string {
	t.Helper()
	var last error
	for range 20 {
		address := fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))
		l, err := net.Listen("tcp", net.JoinHostPort(address, "389"))
		if err != nil {
			last = err
			continue
		}
		_ = l.Close() // nobody has used it
		return address
	}
	t.Fatalf("find a loopback address for a domain controller: %v", last)
	return ""
}

// unicodePassword is the form in which Active Directory takes a password
// ([MS-ADTS] §3.1.1.3.1.5.1), in base64.
func unicodePassword(password string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(`"` + password + `"`)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return base64.StdEncoding.EncodeToString(b)
}

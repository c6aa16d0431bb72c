package scimdst_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// childURL makes this binary one request, for tests of the environment.
const childURL = "SCIMDST_TEST_CHILD_URL"

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		r, err := scimdst.NewReader(config(url))
		if err == nil {
			_, err = r.Get(context.Background(), plan.Person, "1")
		}
		fmt.Fprintln(os.Stderr, err)
		return
	}
	m.Run()
}

// TestProxyFromEnvironment: the environment is read once by a process, so this
// one asks another.
func TestProxyFromEnvironment(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childURL+"=https://scim.example.invalid/v2", "HTTPS_PROXY="+proxy.URL, "NO_PROXY=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := <-asked; got != "CONNECT scim.example.invalid:443" {
		t.Errorf("the proxy was asked %s: %s", got, out)
	}
}

// keyPair writes a self-signed certificate and its key, and returns the files.
func keyPair(t *testing.T, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// TestClientCertificate: it is shown, and is enough by itself.
func TestClientCertificate(t *testing.T) {
	t.Parallel()
	cert, key := keyPair(t, "client")
	var shown, header string
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown, header = r.TLS.PeerCertificates[0].DNSNames[0], r.Header.Get("Authorization")
		always(200, scim, user1)(w, r)
	}))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	w := writer(t, scimdst.Config{URL: s.URL, CAFile: ca, ClientCertificate: scimdst.ClientCertificate{Cert: cert, Key: key}})
	if _, err := w.Get(t.Context(), plan.Person, "1"); err != nil || shown != "client" || header != "" {
		t.Errorf("%v, shown %q, Authorization %q", err, shown, header)
	}
}

// TestCertificateOfAnother: the authority is trusted, and the name is wrong. That
// is the trouble of all requests, and may be over when it is another certificate.
func TestCertificateOfAnother(t *testing.T) {
	t.Parallel()
	cert, key := keyPair(t, "another.example.com")
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("something was sent") }))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshake is meant
	s.StartTLS()
	t.Cleanup(s.Close)
	c := config(s.URL)
	c.CAFile = cert
	_, err = writer(t, c).Do(t.Context(), ada(), nil)
	e, ok := errors.AsType[*scimdst.Error](err)
	if !ok || !e.Temporary() || e.Unknown() || e.Status != 0 || !strings.Contains(e.Hint(), "certificate") {
		t.Errorf("Do = %v", err)
	}
}

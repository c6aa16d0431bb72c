package testservers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certificate says which certificate a server shows. Its CA is the same, made
// for the one server.
type Certificate int

const (
	// Valid names localhost and 127.0.0.1.
	Valid Certificate = iota
	// Expired ended an hour ago and names the same hosts.
	Expired
	// WrongHost names a host that the server is not.
	WrongHost
)

func (c Certificate) template(now time.Time) *x509.Certificate {
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: "test server"},
		NotBefore:    now.Add(-48 * time.Hour),
		NotAfter:     now.Add(48 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	switch c {
	case Valid:
	case Expired:
		leaf.NotAfter = now.Add(-time.Hour)
	case WrongHost:
		leaf.DNSNames, leaf.IPAddresses = []string{"elsewhere.example.net"}, nil
	}
	return leaf
}

// certificateFiles are paths of PEM files: the CA, the server's certificate
// and key, and those of a client, whose name is reader.
type certificateFiles struct{ CA, Cert, Key, ClientCert, ClientKey string }

// writeCertificates makes a CA and a certificate that is also for the other
// addresses.
func writeCertificates(t testing.TB, dir string, kind Certificate, others ...net.IP) certificateFiles {
	t.Helper()
	files, err := makeCertificates(dir, kind, others)
	if err != nil {
		t.Fatalf("make certificates: %v", err)
	}
	return files
}

func makeCertificates(dir string, kind Certificate, others []net.IP) (certificateFiles, error) {
	files := certificateFiles{
		CA:   filepath.Join(dir, "ca.pem"),
		Cert: filepath.Join(dir, "server.pem"),
		Key:  filepath.Join(dir, "server.key"),

		ClientCert: filepath.Join(dir, "client.pem"),
		ClientKey:  filepath.Join(dir, "client.key"),
	}
	now := time.Now()
	ca := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "test CA"},
		NotBefore:             now.Add(-72 * time.Hour),
		NotAfter:              now.Add(72 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return files, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return files, err
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return files, err
	}
	leaf := kind.template(now)
	leaf.IPAddresses = append(leaf.IPAddresses, others...)
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), caKey)
	if err != nil {
		return files, err
	}
	client := Valid.template(now)
	client.SerialNumber, client.Subject = big.NewInt(3), pkix.Name{CommonName: "reader"}
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	clientDER, err := x509.CreateCertificate(rand.Reader, client, ca, key.Public(), caKey)
	if err != nil {
		return files, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return files, err
	}
	for _, f := range []struct {
		path, label string
		der         []byte
	}{
		{files.CA, "CERTIFICATE", caDER},
		{files.Cert, "CERTIFICATE", leafDER},
		{files.Key, "PRIVATE KEY", keyDER},
		{files.ClientCert, "CERTIFICATE", clientDER},
		{files.ClientKey, "PRIVATE KEY", keyDER},
	} {
		text := pem.EncodeToMemory(&pem.Block{Type: f.label, Bytes: f.der})
		if err := os.WriteFile(f.path, text, 0o600); err != nil {
			return files, err
		}
	}
	return files, nil
}

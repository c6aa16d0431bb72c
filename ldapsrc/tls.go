package ldapsrc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"

	"github.com/go-ldap/ldap/v3"
)

// minVersion returns the least version of TLS that is taken.
func (c Config) minVersion() (uint16, error) {
	switch c.TLSMinVersion {
	case "", "1.2":
		return tls.VersionTLS12, nil
	case "1.3":
		return tls.VersionTLS13, nil
	}
	return 0, fmt.Errorf("%q is not one of 1.2, 1.3", c.TLSMinVersion)
}

// tlsConfig reads the files of certificates, if there are any.
func (c Config) tlsConfig(host string) (*tls.Config, error) {
	least, err := c.minVersion()
	if err != nil {
		return nil, fmt.Errorf("tls_min_version: %w", err)
	}
	t := &tls.Config{
		MinVersion:         least,
		ServerName:         host,
		InsecureSkipVerify: c.InsecureSkipVerify,
	}
	if c.ServerName != "" {
		t.ServerName = c.ServerName
	}
	if c.CertFile != "" {
		own, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("cert_file: %w", err)
		}
		t.Certificates = []tls.Certificate{own}
	}
	if c.CAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	t.RootCAs = x509.NewCertPool()
	if !t.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file: %s holds no certificate in PEM", c.CAFile)
	}
	return t, nil
}

// startTLS asks on a fresh connection to go on encrypted (RFC 4511 §4.14). A
// server that declines is an error. What the server sent unencrypted behind
// its answer is refused: somebody else may have put it there.
func startTLS(plain net.Conn) error {
	c := newConn(plain)
	if err := c.send(extendedRequest(startTLSRequest), nil); err != nil {
		return err
	}
	m, err := c.receive()
	if err != nil {
		return err
	}
	if m.op != ldap.ApplicationExtendedResponse {
		return errMalformed
	}
	r, err := parseResult(m)
	if err != nil {
		return err
	}
	if r.code == ldap.LDAPResultSuccess && c.in.Buffered() > 0 {
		return fmt.Errorf("%w: unencrypted bytes follow the answer to StartTLS", errMalformed)
	}
	return r.err()
}

func handshake(ctx context.Context, plain net.Conn, config *tls.Config) (net.Conn, error) {
	encrypted := tls.Client(plain, config)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return encrypted, nil
}

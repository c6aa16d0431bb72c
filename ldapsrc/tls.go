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

// tlsConfig reads the CA file, if there is one.
func (c Config) tlsConfig(host string) (*tls.Config, error) {
	t := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         host,
		InsecureSkipVerify: c.InsecureSkipVerify,
	}
	if c.ServerName != "" {
		t.ServerName = c.ServerName
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

package entratest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"strings"
	"time"
)

// secure serves over HTTPS too, with a certificate that signs itself.
func (s *Server) secure() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make the key of the token endpoint: %w", err)
	}
	like := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "entratest"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, like, like, key.Public(), key)
	if err != nil {
		return fmt.Errorf("make the certificate of the token endpoint: %w", err)
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the token endpoint: %w", err)
	}
	s.Authority = "https://" + l.Addr().String()
	s.Certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	s.listen(tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}))
	return nil
}

const bearerAssertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// asserts checks what a client shows instead of a secret (RFC 7523 §3).
//
// Source: learn.microsoft.com/entra/identity-platform/certificate-credentials
func (c Client) asserts(form url.Values, root string) error {
	token := form.Get("client_assertion")
	if form.Get("client_assertion_type") != bearerAssertion {
		return errors.New("the client_assertion_type is not known")
	}
	if c.Federated != "" && token == c.Federated {
		return nil
	}
	key, ok := c.publicKey()
	if !ok {
		return errors.New("the client has no certificate")
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return errors.New("the assertion is no JWT")
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return errors.New("the signature cannot be read")
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) != nil && rsa.VerifyPSS(key, crypto.SHA256, sum[:], signature, nil) != nil {
		return errors.New("the signature is not of this certificate")
	}
	var said struct{ Iss, Sub, Aud string }
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &said) != nil || said.Iss != c.ID || said.Sub != c.ID || !strings.HasPrefix(said.Aud, root+"/") {
		return errors.New("the assertion is not of this client, or not for this endpoint")
	}
	return nil
}

func (c Client) publicKey() (*rsa.PublicKey, bool) {
	if c.Certificate == nil {
		return nil, false
	}
	key, ok := c.Certificate.PublicKey.(*rsa.PublicKey)
	return key, ok
}

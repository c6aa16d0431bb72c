package scimdst

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/time/rate"
)

// newNetwork returns net/http's way to the service.
func newNetwork(c Config) (*http.Transport, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file: %s holds no certificate in PEM form", c.CAFile)
		}
	}
	if c.ClientCertificate.Cert != "" {
		pair, err := tls.LoadX509KeyPair(c.ClientCertificate.Cert, c.ClientCertificate.Key)
		if err != nil {
			return nil, fmt.Errorf("client_certificate: %w", err)
		}
		conf.Certificates = []tls.Certificate{pair}
	}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig:       conf,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: c.Timeout,
		IdleConnTimeout:       60 * time.Second,
		MaxIdleConnsPerHost:   32,
		ForceAttemptHTTP2:     true,
	}, nil
}

// paceAndBound returns the shared way to the service: paced, then bounded in
// time, so that waiting for one's turn is not counted.
func paceAndBound(net http.RoundTripper, c Config, q Quota) http.RoundTripper {
	var rt http.RoundTripper = &timed{next: net, limit: c.Timeout}
	if q.RequestsPerSecond > 0 {
		rt = &paced{next: rt, limiter: rate.NewLimiter(rate.Limit(q.RequestsPerSecond), 1)}
	}
	return rt
}

// newHTTP never follows a redirect: the token must not go elsewhere.
func newHTTP(rt http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// readOnly lets nothing but GET through.
type readOnly struct{ next http.RoundTripper }

var errReadOnly = errors.New("a reader does not write")

func (t readOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet {
		return nil, errReadOnly
	}
	return t.next.RoundTrip(r)
}

// paced holds each request until its turn.
type paced struct {
	next    http.RoundTripper
	limiter *rate.Limiter
}

func (t *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.limiter.Wait(r.Context()); err != nil {
		return nil, fmt.Errorf("wait for the next turn: %w", err)
	}
	return t.next.RoundTrip(r)
}

// timed bounds a request until its answer's body is closed.
type timed struct {
	next  http.RoundTripper
	limit time.Duration
}

func (t *timed) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), t.limit)
	resp, err := t.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = &cancelBody{ReadCloser: resp.Body, cancel: cancel}
	return resp, nil
}

type cancelBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *cancelBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

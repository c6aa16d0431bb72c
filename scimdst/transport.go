package scimdst

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"time"
)

// connections to the service are kept for the next request, and there are no
// more than these.
const connections = 32

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
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig:     conf,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     60 * time.Second,
		MaxIdleConnsPerHost: connections,
		MaxConnsPerHost:     connections,
		ForceAttemptHTTP2:   true,
	}, nil
}

// paceAndBound returns the shared way to the service. From the outside in: the
// turn under each quota, the pause that the service asked for, the seat among
// those under way, then the bound in time, so that waiting is not counted, and
// the trace of what is really sent.
func paceAndBound(net http.RoundTripper, c Config, p Profile) http.RoundTripper {
	rt := net
	if c.Trace != nil {
		rt = &traced{next: rt, tell: c.Trace, secret: slices.Collect(maps.Keys(c.SecretHeaders))}
	}
	rt = &timed{next: rt, limit: c.Timeout}
	if p.Quota.Concurrency > 0 {
		rt = newCrowded(rt, p.Quota.Concurrency)
	}
	rt = &heeding{next: rt, throttled: p.Throttled}
	for _, w := range p.Quota.Windows {
		rt = newWindow(rt, w)
	}
	if p.Quota.RequestsPerSecond > 0 {
		rt = newPaced(rt, p.Quota.RequestsPerSecond)
	}
	return rt
}

// newHTTP, for tokens, never follows a redirect: the secret must not go
// elsewhere.
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

// timed bounds a request until its answer's body is closed. A change that is
// under way does not end with its context, which ends the waits before it.
type timed struct {
	next  http.RoundTripper
	limit time.Duration
}

func (t *timed) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if r.Method != http.MethodGet {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		ctx = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, t.limit)
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

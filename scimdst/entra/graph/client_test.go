package graph

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ldap2scim/scimdst/entra"
	"ldap2scim/scimdst/entra/entratest"
)

// tenant is a running one, with a configuration that reaches it and a client
// that trusts its certificate.
func tenant(t *testing.T, o entratest.Options) (*entratest.Server, entra.Config, http.RoundTripper) {
	t.Helper()
	o.TLS = true
	s, err := entratest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.Certificate)
	return s, entra.Config{
		Tenant: entratest.Tenant, Endpoint: s.URL,
		Auth: entra.Auth{ClientID: entratest.ClientID, Secret: func() (string, error) { return entratest.ClientSecret, nil }, Authority: s.Authority},
	}, &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
}

// pair is a certificate with its key, also as a file.
func pair(t *testing.T) (*x509.Certificate, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	like := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, like, like, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "client.pem")
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return certificate, file
}

// TestCertificate signs in by one, and not by another.
func TestCertificate(t *testing.T) {
	t.Parallel()
	known, file := pair(t)
	_, other := pair(t)
	_, c, by := tenant(t, entratest.Options{Clients: []entratest.Client{{ID: entratest.ClientID, Certificate: known, Roles: entratest.AllRoles()}}})
	for name, want := range map[string]string{file: "", other: "AADSTS700027"} {
		c.Auth.Method, c.Auth.Certificate = entra.Certificate, name
		client, err := newClient(c, by)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Token(t.Context())
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestSignIn gets a token by azidentity, and says in one sentence, with what
// mends it, why none was given.
func TestSignIn(t *testing.T) {
	t.Parallel()
	expired := entratest.Options{Clients: []entratest.Client{{ID: entratest.ClientID, Secret: entratest.ClientSecret, Expired: true}}}
	for name, tt := range map[string]struct {
		options    entratest.Options
		change     func(*entra.Config)
		want, hint string
	}{
		"well":           {},
		"no such tenant": {change: func(c *entra.Config) { c.Tenant = "00000000-0000-0000-0000-00000000dead" }, want: "AADSTS90002, there is no such tenant", hint: "destination.entra.tenant"},
		"no such client": {change: func(c *entra.Config) { c.Auth.ClientID = "nobody" }, want: "AADSTS700016", hint: "auth.client_id"},
		"wrong secret":   {change: func(c *entra.Config) { c.Auth.Secret = func() (string, error) { return "leaked", nil } }, want: "AADSTS7000215", hint: "auth.secret"},
		"expired":        {options: expired, want: "AADSTS7000222, the client secret has expired", hint: "new client secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c, by := tenant(t, tt.options)
			if tt.change != nil {
				tt.change(&c)
			}
			client, err := newClient(c, by)
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Send(t.Context(), entra.Request{Method: http.MethodGet, Path: "/organization?$select=id"})
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				token, err := client.Token(t.Context())
				if granted := entra.Granted(token); err != nil || len(granted) == 0 {
					t.Errorf("granted %v, %v", granted, err)
				}
				return
			}
			e, ok := errors.AsType[*SignInError](err)
			if !ok || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "leaked") || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			if !strings.Contains(e.Hint(), tt.hint) || !e.AccessDenied() {
				t.Errorf("hint %q", e.Hint())
			}
		})
	}
}

// direct is a client that has its token from the server itself.
func direct(t *testing.T, o entratest.Options, client string) (*entratest.Server, *Client) {
	t.Helper()
	s, c, _ := tenant(t, o)
	c.Auth = entra.Auth{Method: entra.Token, Secret: func() (string, error) { return s.Token(client) }}
	cl, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, cl
}

// TestOnce: a request is sent once, as it is, whatever the answer; the answer
// says how long to wait.
func TestOnce(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusGatewayTimeout} {
		s, c := direct(t, entratest.Options{}, entratest.ClientID)
		s.Inject(entratest.Fault{Trouble: entratest.StatusBefore, Status: status, Header: http.Header{"Retry-After": {"7"}}, Times: -1})
		_, err := c.Send(t.Context(), entra.Request{Method: http.MethodPost, Path: "/groups", Body: []byte(`{"displayName":"x"}`)})
		e, ok := errors.AsType[*entra.Error](err)
		if !ok || e.Status != status || e.Wait != 7*time.Second || !e.Temporary() || e.Path != "/groups" {
			t.Errorf("%d: got %+v", status, err)
		}
		if n := len(s.Requests()); n != 1 {
			t.Errorf("%d: sent %d times", status, n)
		}
		if got := string(s.Requests()[0].Body); got != `{"displayName":"x"}` {
			t.Errorf("%d: sent %q", status, got)
		}
	}
}

// TestPlainBody: no body is compressed, which the SDK's own pipeline does.
func TestPlainBody(t *testing.T) {
	t.Parallel()
	var encodings, types []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		encodings, types = append(encodings, r.Header.Get("Content-Encoding")), append(types, r.Header.Get("Content-Type"))
		w.Header().Set("x-ms-resource-unit", "3")
		w.Header().Set("x-ms-throttle-limit-percentage", "0.9")
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(s.Close)
	c, err := New(entra.Config{Endpoint: s.URL + "/v1.0", Auth: entra.Auth{Method: entra.Token, Secret: func() (string, error) { return "t", nil }}})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := c.Send(t.Context(), entra.Request{Method: http.MethodPut, Path: "/x", Body: []byte(strings.Repeat(`{"a":1}`, 1000))}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range encodings {
		if encodings[i] != "" || types[i] != "application/json" {
			t.Fatalf("encoding %q, type %q", encodings[i], types[i])
		}
	}
	if u := c.Usage(); u != (Usage{Requests: 20, Writes: 20, Units: 60, Limit: 0.9}) {
		t.Errorf("usage %+v", u)
	}
}

// TestBatchUsage: of a batch each request counts, with what it cost and by whose
// quota it was throttled; the batch itself counts as one that was sent.
func TestBatchUsage(t *testing.T) {
	t.Parallel()
	s, c := direct(t, entratest.Options{}, entratest.ClientID)
	s.Inject(entratest.Fault{
		Trouble: entratest.StatusBefore, Status: http.StatusTooManyRequests, Match: func(r entratest.Request) bool { return r.Batched && r.Method == http.MethodPost },
		Header: http.Header{"x-ms-throttle-scope": {"Tenant_Application/ReadWrite/t"}, "x-ms-throttle-information": {"WriteLimitExceeded"}, "x-ms-throttle-limit-percentage": {"1.2"}},
	})
	a, err := c.Send(t.Context(), entra.Request{Method: http.MethodPost, Path: "/$batch", Body: []byte(`{"requests":[
		{"id":"1","method":"GET","url":"/users?$select=id&$top=999"},{"id":"2","method":"GET","url":"/groups?$select=id&$top=999"},
		{"id":"3","method":"POST","url":"/groups","headers":{"Content-Type":"application/json"},"body":{"displayName":"x"}}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	read := 0 // of the two that were done
	for _, path := range []string{"/users?$select=id&$top=999", "/groups?$select=id&$top=999"} {
		alone, err := c.Send(t.Context(), entra.Request{Method: http.MethodGet, Path: path})
		if err != nil || alone.Units == 0 {
			t.Fatalf("%s: %d units, %v", path, alone.Units, err)
		}
		read += alone.Units
	}
	want := Usage{Requests: 3, Writes: 1, Units: 2 * read, Throttled: 1, Scope: "Tenant_Application/ReadWrite/t", Information: "WriteLimitExceeded", Limit: 1.2}
	if got := c.Usage(); got != want {
		t.Errorf("usage %+v, want %+v\n%s", got, want, a.Body)
	}
}

// TestDocumentStays: a mapping goes through as it is, with what no model has.
func TestDocumentStays(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("..", "testdata", "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var put []byte
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			var err error
			if put, err = io.ReadAll(r.Body); err != nil {
				t.Error(err)
			}
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(doc) // the client sees it when it fails
	}))
	t.Cleanup(s.Close)
	c, err := New(entra.Config{Endpoint: s.URL, Auth: entra.Auth{Method: entra.Token, Secret: func() (string, error) { return "t", nil }}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Send(t.Context(), entra.Request{Method: http.MethodGet, Path: "/schema"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send(t.Context(), entra.Request{Method: http.MethodPut, Path: "/schema", Body: a.Body}); err != nil {
		t.Fatal(err)
	}
	if string(a.Body) != string(doc) || string(put) != string(doc) {
		t.Errorf("%d bytes became %d and %d", len(doc), len(a.Body), len(put))
	}
}

// TestMissingPermission names the permission that a request needs.
func TestMissingPermission(t *testing.T) {
	t.Parallel()
	_, c := direct(t, entratest.Options{Clients: []entratest.Client{{ID: "reader", Roles: []string{"User.Read.All"}}}}, "reader")
	for path, want := range map[string]string{
		"/groups?$top=999": "Group.ReadWrite.All", "/subscribedSkus": "Organization.Read.All", "/auditLogs/provisioning?$top=1": "ProvisioningLog.Read.All",
	} {
		_, err := c.Send(t.Context(), entra.Request{Method: http.MethodGet, Path: path})
		e, ok := errors.AsType[*entra.Error](err)
		if !ok || !e.Forbidden() || !strings.Contains(e.Hint(), want) {
			t.Errorf("%s: %v, %s", path, err, e.Hint())
		}
	}
}

// TestStranger: the token goes to the configured host only, and not over plain
// HTTP to another machine.
func TestStranger(t *testing.T) {
	t.Parallel()
	_, c := direct(t, entratest.Options{}, entratest.ClientID)
	if _, err := c.Send(t.Context(), entra.Request{Method: http.MethodGet, Path: "https://example.invalid/v1.0/users?$skiptoken=x"}); err == nil || !strings.Contains(err.Error(), "example.invalid") {
		t.Errorf("got %v", err)
	}
	plain, err := New(entra.Config{Endpoint: "http://graph.example.invalid/v1.0", Auth: entra.Auth{Method: entra.Token, Secret: func() (string, error) { return "t", nil }}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plain.Send(t.Context(), entra.Request{Method: http.MethodGet, Path: "/users"}); err == nil || !strings.Contains(err.Error(), "without encryption") {
		t.Errorf("got %v", err)
	}
}

// TestClouds: each cloud has its own address and sign-in, and a wrong method is
// said.
func TestClouds(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"global": {"https://graph.microsoft.com/.default", "https://login.microsoftonline.com/"},
		"usgov":  {"https://graph.microsoft.us/.default", "https://login.microsoftonline.us/"},
		"dod":    {"https://dod-graph.microsoft.us/.default", "https://login.microsoftonline.us/"},
		"china":  {"https://microsoftgraph.chinacloudapi.cn/.default", "https://login.chinacloudapi.cn/"},
	} {
		c := entra.Config{Tenant: "t", Cloud: name, Auth: entra.Auth{Method: entra.AzureCLI}}
		client, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{client.scopes[0], authority(c).ActiveDirectoryAuthorityHost}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if _, err := New(entra.Config{Tenant: "t", Auth: entra.Auth{Method: entra.Certificate, ClientID: "c", Certificate: filepath.Join(t.TempDir(), "none.pem")}}); err == nil {
		t.Error("a certificate that is not there is taken")
	}
	if _, err := New(entra.Config{Tenant: "t", Auth: entra.Auth{Method: entra.ManagedIdentity}}); err != nil {
		t.Error(err)
	}
}

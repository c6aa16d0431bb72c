package scimdst_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/goccy/go-yaml"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

const user1 = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1"}`

// grants is an OAuth 2 token endpoint whose tokens are t1, t2, and so on.
func grants(t *testing.T, expiresIn int) (tokenURL string, given *atomic.Int64) {
	t.Helper()
	given = new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		secret, _ = url.QueryUnescape(secret) // RFC 6749 §2.3.1
		if r.PostFormValue("grant_type") != "client_credentials" || id != "me" || secret != "cl1ent s3cret" || r.PostFormValue("scope") != "a b" || r.PostFormValue("audience") != "x" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, `{"error":"invalid_client","error_description":"not %s"}`, secret)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"t%d","token_type":"Bearer","expires_in":%d}`, given.Add(1), expiresIn)
	}))
	t.Cleanup(s.Close)
	return s.URL, given
}

func byOAuth2(url, tokens string) scimdst.Config {
	return scimdst.Config{
		URL: url,
		OAuth2: scimdst.OAuth2{
			TokenURL: tokens, ClientID: "me", ClientSecret: "env:SECRET", Scopes: []string{"a", "b"}, Parameters: map[string]string{"audience": "x"},
		},
		Secret: func(name string) (string, error) { return map[string]string{"env:SECRET": "cl1ent s3cret"}[name], nil },
	}
}

// TestOAuth2KeepsAToken until it expires.
func TestOAuth2KeepsAToken(t *testing.T) {
	t.Parallel()
	for expiresIn, want := range map[int]int64{3599: 1, 1: 4} { // what is about to expire is not used
		s := httptest.NewServer(always(200, scim, user1))
		t.Cleanup(s.Close)
		tokens, given := grants(t, expiresIn)
		w := writer(t, byOAuth2(s.URL, tokens))
		for range 4 {
			if _, err := w.Get(t.Context(), plan.Person, "1"); err != nil {
				t.Fatal(err)
			}
		}
		if given.Load() != want {
			t.Errorf("expires in %d s: %d tokens for 4 requests, want %d", expiresIn, given.Load(), want)
		}
	}
}

// TestOAuth2RenewsInMidRun: the service stops taking a token that it took; the
// next request has a new one. A token that was never taken is denied.
func TestOAuth2RenewsInMidRun(t *testing.T) {
	t.Parallel()
	var good atomic.Value
	good.Store("Bearer t1")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != good.Load() {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		always(200, scim, user1)(w, r)
	}))
	t.Cleanup(s.Close)
	tokens, _ := grants(t, 3599)
	w := writer(t, byOAuth2(s.URL, tokens))
	get := func() *scimdst.Error {
		_, err := w.Get(t.Context(), plan.Person, "1")
		e, _ := errors.AsType[*scimdst.Error](err)
		return e
	}
	if e := get(); e != nil {
		t.Fatal(e)
	}
	good.Store("Bearer t2")
	if e := get(); e == nil || !e.Temporary() || e.AccessDenied() {
		t.Fatalf("the first request after: %v", e)
	}
	if e := get(); e != nil {
		t.Fatalf("with a new token: %v", e)
	}
	good.Store("Bearer none")
	if e := get(); e == nil || !e.Temporary() { // t2 was taken before
		t.Errorf("a token that was taken: %v", e)
	}
	if e := get(); e == nil || e.Temporary() || !e.AccessDenied() {
		t.Errorf("a token that was never taken: %v", e)
	}
}

func TestOAuth2Failures(t *testing.T) {
	t.Parallel()
	tokens, _ := grants(t, 3599)
	c := byOAuth2("http://127.0.0.1:1", tokens)
	c.Secret = func(string) (string, error) { return "wr0ng s3cret", nil }
	_, err := writer(t, c).Get(t.Context(), plan.Person, "1")
	e, ok := errors.AsType[*scimdst.Error](err)
	if !ok || e.Temporary() || e.Unknown() || strings.Contains(fmt.Sprintf("%v %+v", err, e.Err), "wr0ng") {
		t.Errorf("a wrong secret: %v", err)
	}
	down := httptest.NewServer(always(503, "text/plain", "down"))
	t.Cleanup(down.Close)
	_, err = writer(t, byOAuth2("http://127.0.0.1:1", down.URL)).Get(t.Context(), plan.Person, "1")
	if e, ok := errors.AsType[*scimdst.Error](err); !ok || !e.Temporary() || e.Unknown() {
		t.Errorf("no token for now: %v", err)
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the secret was sent elsewhere") }))
	t.Cleanup(elsewhere.Close)
	moved := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(moved.Close)
	if _, err = writer(t, byOAuth2("http://127.0.0.1:1", moved.URL)).Get(t.Context(), plan.Person, "1"); err == nil {
		t.Error("a redirect of the token's URL is no error")
	}
}

// TestBasicAndHeaders: what is sent, and that no error repeats it.
func TestBasicAndHeaders(t *testing.T) {
	t.Parallel()
	var got http.Header
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		always(400, scim, `{"detail":"no use for `+r.Header.Get("Authorization")+` and `+r.Header.Get("X-Key")+`"}`)(w, r)
	}))
	t.Cleanup(s.Close)
	var c scimdst.Config
	text := `{url: ` + s.URL + `, basic: {user: me, password: pw}, headers: {X-Tenant: "7"}, secret_headers: {X-Key: key}}`
	if err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	c.Secret = func(name string) (string, error) { return name + "-s3cret", nil }
	_, err := writer(t, c).Get(t.Context(), plan.Person, "1")
	r := &http.Request{Header: got}
	if user, password, _ := r.BasicAuth(); user != "me" || password != "pw-s3cret" || got.Get("X-Tenant") != "7" || got.Get("X-Key") != "key-s3cret" {
		t.Errorf("sent %v", got)
	}
	if err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), got.Get("Authorization")[6:]) {
		t.Errorf("the error is %v", err)
	}
	c.Secret = func(string) (string, error) { return "h4lf", errors.New("no h4lf") }
	if _, err := writer(t, c).Get(t.Context(), plan.Person, "1"); err == nil || strings.Contains(err.Error(), "h4lf") {
		t.Errorf("a secret that is not there: %v", err)
	}
}

func TestAuthIsValidated(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{basic: {user: me}}`:                 "basic:",
		`{basic: {user: "a:b", password: x}}`: "basic:",
		`{oauth2: {token_url: "http://host/token", client_id: a, client_secret: b}}`:                                 "oauth2.token_url:",
		`{oauth2: {token_url: "https://host/token"}}`:                                                                "oauth2: client_id",
		`{oauth2: {token_url: "https://host/token", client_id: a, client_secret: b}, basic: {user: a, password: b}}`: "only one",
		`{client_certificate: {cert: a.pem}}`:                                                                        "client_certificate:",
		`{headers: {authorization: x}}`:                                                                              "headers: authorization",
		`{secret_headers: {"X Key": x}}`:                                                                             "secret_headers:",
		`{headers: {"": x}}`:                                                                                         "headers:",
		`{client_certificate: {cert: no, key: such}}`:                                                                "client_certificate:",
	} {
		c := scimdst.Config{URL: "https://host"}
		if err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict()); err != nil {
			t.Fatal(text, err)
		}
		if _, err := scimdst.NewReader(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	c := byOAuth2("https://host", "https://host/token")
	c.Secret = nil
	if _, err := scimdst.NewReader(c); err == nil {
		t.Error("a secret that nobody gives")
	}
}

// TestGeneratedPassword: each new person gets another one, and no error has it.
func TestGeneratedPassword(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Password string }
		if err := yaml.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		seen[body.Password] = true
		always(400, scim, `{"detail":"weak: `+body.Password+`"}`)(w, r)
	}))
	t.Cleanup(s.Close)
	w := assuming(t, s.URL, "entra-scim", func(c *scimdst.Config) { c.ProfileOverrides.Required.Person = []string{} })
	for range 3 {
		if _, err := w.Do(t.Context(), ada(), nil); err == nil || !strings.Contains(err.Error(), "weak: ***") {
			t.Errorf("Do = %v", err)
		}
	}
	if len(seen) != 3 || seen[""] || seen[scimdst.PasswordPlaceholder] {
		t.Errorf("the passwords were %v", seen)
	}
	p, err := scimdst.ProfileOf("entra-scim")
	if err != nil {
		t.Fatal(err)
	}
	p.Required.Person = nil
	r, err := p.RequestOf(ada(), nil)
	if err != nil || !strings.Contains(string(r.Body), `"password":"`+scimdst.PasswordPlaceholder+`"`) {
		t.Errorf("the dry run shows %s, %v", r.Body, err)
	}
}

// TestRefusedIsTold: whoever keeps a token learns that it was not taken.
func TestRefusedIsTold(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int64{http.StatusOK: 0, http.StatusUnauthorized: 1, http.StatusForbidden: 1, http.StatusNotFound: 0} {
		var told atomic.Int64
		c := config(handleURL(t, always(status, scim, user1)))
		c.Refused = func() { told.Add(1) }
		if _, err := writer(t, c).Get(t.Context(), plan.Person, "1"); (err == nil) != (status == http.StatusOK) || told.Load() != want {
			t.Errorf("%d: told %d times, want %d; %v", status, told.Load(), want, err)
		}
	}
}

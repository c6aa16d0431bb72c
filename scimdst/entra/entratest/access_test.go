package entratest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func (s *site) askToken(tenant, id, secret string) answer {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}, "scope": {"https://graph.microsoft.com/.default"}}
	return s.do("POST", s.Authority+"/"+tenant+"/oauth2/v2.0/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Clients: []Client{
		{ID: "one", Secret: "s", Roles: []string{"User.Read.All"}},
		{ID: "two", Secret: "s", Expired: true},
	}})
	a := s.askToken(Tenant, "one", "s")
	if a.status != 200 || a.text("token_type") != "Bearer" {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	s.token = a.text("access_token")
	s.want(200, "GET", "/users", "")
	for _, c := range []struct {
		tenant, id, secret string
		status             int
		code               string
	}{
		{"other", "one", "s", 400, "AADSTS90002"},
		{Tenant, "three", "s", 400, "AADSTS700016"},
		{Tenant, "one", "wrong", 401, "AADSTS7000215"},
		{Tenant, "two", "s", 401, "AADSTS7000222"},
	} {
		a := s.askToken(c.tenant, c.id, c.secret)
		if a.status != c.status || !strings.HasPrefix(a.text("error_description"), c.code+":") {
			t.Errorf("%s %s: %d %s, want %d %s", c.tenant, c.id, a.status, a.raw, c.status, c.code)
		}
	}
	s.token = ""
	s.fails(401, "InvalidAuthenticationToken", "GET", "/users", "")
	s.token = a.text("access_token") + "x"
	s.fails(401, "InvalidAuthenticationToken", "GET", "/users", "")
	s.token = a.text("access_token")
	s.Advance(time.Hour)
	s.fails(401, "expired", "GET", "/users", "")
}

// TestSecureTokens: over HTTPS, and by an assertion as azidentity makes it.
func TestSecureTokens(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	like := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, like, like, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{TLS: true, Clients: []Client{{ID: "one", Certificate: certificate, Federated: "other issuer's token", Roles: AllRoles()}}})
	pool := x509.NewCertPool()
	if !strings.HasPrefix(s.Authority, "https://127.0.0.1:") || !pool.AppendCertsFromPEM(s.Certificate) {
		t.Fatalf("%s, %s", s.Authority, s.Certificate)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	signed := func(issuer string) string {
		text := part(`{"alg":"PS256","typ":"JWT"}`) + "." + part(fmt.Sprintf(`{"iss":%q,"sub":%[1]q,"aud":%q}`, issuer, s.Authority+"/"+Tenant+"/oauth2/v2.0/token"))
		sum := sha256.Sum256([]byte(text))
		signature, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
		if err != nil {
			t.Fatal(err)
		}
		return text + "." + base64.RawURLEncoding.EncodeToString(signature)
	}
	for _, c := range []struct {
		assertion string
		status    int
	}{{signed("one"), 200}, {"other issuer's token", 200}, {signed("two"), 401}, {signed("one") + "x", 401}, {"", 401}} {
		form := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"one"}, "scope": {"https://graph.microsoft.com/.default openid offline_access profile"},
			"client_assertion_type": {bearerAssertion}, "client_assertion": {c.assertion},
		}
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.Authority+"/"+Tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.status {
			t.Errorf("%.20s: %d, want %d", c.assertion, resp.StatusCode, c.status)
		}
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Clients: []Client{{ID: "one", Secret: "s", Roles: []string{"User.Read.All"}}}})
	id := people(s, 1)[0]
	s.want(200, "GET", "/users", "")
	s.fails(403, "Authorization_RequestDenied: Insufficient privileges", "PATCH", "/users/"+id, `{"onPremisesExtensionAttributes":{}}`)
	s.fails(403, "Authorization_RequestDenied", "POST", "/groups", newGroup("x"))
	var missing []string
	for _, d := range s.Denied() {
		missing = append(missing, fmt.Sprint(d.Method, " ", strings.Fields(d.Missing[0])[0]))
	}
	if want := []string{"PATCH User.ReadWrite.All", "POST Group.Create"}; !cmp.Equal(want, missing) {
		t.Errorf("missing are %q, want %q", missing, want)
	}
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Limits: Limits{Units: 10, Writes: 3}, Step: time.Second})
	id := people(s, 1)[0]
	for i := range 3 {
		s.want(204, "PATCH", "/users/"+id, fmt.Sprintf(`{"onPremisesExtensionAttributes":{"extensionAttribute1":"%d"}}`, i))
	}
	a := s.fails(429, "TooManyRequests", "PATCH", "/users/"+id, `{"onPremisesExtensionAttributes":{"extensionAttribute1":"x"}}`)
	if a.header.Get("Retry-After") != "147" || a.header.Get("x-ms-throttle-information") != "WriteLimitExceeded" {
		t.Errorf("headers: %v", a.header)
	}
	s.Advance(147 * time.Second)
	s.want(204, "PATCH", "/users/"+id, `{"onPremisesExtensionAttributes":{"extensionAttribute1":"x"}}`)
	var share string
	for range 4 {
		share = s.want(200, "GET", "/users", "").header.Get("x-ms-throttle-limit-percentage")
	}
	if share != "0.9" {
		t.Errorf("after 9 of 10 units the share is %q", share)
	}
	a = s.fails(429, "TooManyRequests", "GET", "/users", "")
	if a.header.Get("Retry-After") != "5" || a.header.Get("x-ms-throttle-scope") != "Tenant_Application/ReadWrite/"+ClientID+"/"+Tenant {
		t.Errorf("headers: %v", a.header)
	}
	if got := s.Users()[0].Attributes[0]; got != "x" {
		t.Errorf("what was refused was done: %q", got)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.Inject(Fault{Trouble: StatusAfter, Status: 504, Match: To("POST", "/groups")})
	s.Inject(Fault{Trouble: StatusBefore, Status: 503, Match: To("POST", "/groups")})
	s.fails(504, "GatewayTimeout", "POST", "/groups", newGroup("a"))
	s.fails(503, "ServiceUnavailable", "POST", "/groups", newGroup("b"))
	s.want(201, "POST", "/groups", newGroup("c"))
	if got := len(s.Groups()); got != 2 {
		t.Errorf("there are %d groups, want the one whose answer was lost and the last", got)
	}
	for _, trouble := range []Trouble{CutBefore, CutAfter, Truncate} {
		s.Inject(Fault{Trouble: trouble, Match: Ending("POST", "/groups")})
		if _, err := s.try("POST", "/groups", newGroup(fmt.Sprint(trouble))); err == nil {
			t.Errorf("trouble %d: there is an answer", trouble)
		}
	}
	if got := len(s.Groups()); got != 4 {
		t.Errorf("there are %d groups, want 4", got)
	}
}

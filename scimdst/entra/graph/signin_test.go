package graph

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"ldap2scim/scimdst/entra"
	"ldap2scim/scimdst/entra/entratest"
)

// asks sends a request that needs a token.
func asks(t *testing.T, c *Client) error {
	t.Helper()
	_, err := c.Send(t.Context(), entra.Request{Method: http.MethodGet, Path: "/organization?$select=id"})
	return err
}

// refusedSignIn checks that no token was given, and what is said of it.
func refusedSignIn(t *testing.T, err error, want, hint string) {
	t.Helper()
	e, ok := errors.AsType[*SignInError](err)
	if !ok || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || !e.AccessDenied() {
		t.Fatalf("got %v, want %s", err, want)
	}
	if !strings.Contains(e.Hint(), hint) {
		t.Errorf("the hint is %q, want %s", e.Hint(), hint)
	}
}

// TestWorkloadIdentity exchanges the token that the platform has put into a
// file, as its webhook says it by environment variables.
//
// Source: learn.microsoft.com/azure/aks/workload-identity-overview
func TestWorkloadIdentity(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	s, c, by := tenant(t, entratest.Options{Clients: []entratest.Client{{ID: entratest.ClientID, Federated: "service-account-token", Roles: entratest.AllRoles()}}})
	c.Auth.Method = entra.WorkloadIdentity
	for name, tt := range map[string]struct{ file, token, want, hint string }{
		"well":          {file, "service-account-token", "", ""},
		"not trusted":   {file, "of-another-account", "AADSTS700213, the application trusts no identity", "federated credential"},
		"file not told": {"", "service-account-token", "no token file specified", "AZURE_FEDERATED_TOKEN_FILE"},
		"no file":       {file + "s", "service-account-token", "no such file", "AZURE_FEDERATED_TOKEN_FILE"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(file, []byte(tt.token), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("AZURE_FEDERATED_TOKEN_FILE", tt.file)
			if tt.file == "" {
				if err := os.Unsetenv("AZURE_FEDERATED_TOKEN_FILE"); err != nil { // what t.Setenv has kept comes back
					t.Fatal(err)
				}
			}
			client, err := newClient(c, by)
			if err == nil {
				err = asks(t, client)
			}
			if tt.want != "" {
				refusedSignIn(t, err, tt.want, tt.hint)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	if refused := s.Refused(); len(refused) > 0 {
		t.Errorf("refused: %+v", refused)
	}
}

// identities is the address at which a machine asks for the tokens of its
// identity. It refuses all requests but one.
type identities struct {
	tenant  *entratest.Server
	address string
	query   url.Values
	header  http.Header

	mu      sync.Mutex
	refused []string
}

func (i *identities) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	well := r.Method == http.MethodGet && "http://"+r.Host+r.URL.Path == i.address && r.URL.Query().Encode() == i.query.Encode()
	for name := range i.header {
		well = well && r.Header.Get(name) == i.header.Get(name)
	}
	token, err := i.tenant.Token(entratest.ClientID)
	if !well || err != nil {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.refused = append(i.refused, fmt.Sprintf("%s http://%s%s %v %v", r.Method, r.Host, r.RequestURI, r.Header, err))
		http.Error(w, `{"error":"invalid_request","error_description":"Identity not found"}`, http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"access_token":%q,"client_id":%q,"expires_in":"86399","expires_on":"%d","resource":"https://graph.microsoft.com","token_type":"Bearer"}`,
		token, i.query.Get("client_id"), time.Now().Add(24*time.Hour).Unix())
}

// through sends all requests to one listener but those to the tenant.
func through(s *entratest.Server, to net.Addr) http.RoundTripper {
	return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if !strings.HasPrefix(s.URL, "http://"+address) {
			address = to.String()
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}

// TestManagedIdentity asks the machine for the token: a virtual machine at its
// link-local address, an App Service where its environment says.
//
// Sources: learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
// and learn.microsoft.com/azure/app-service/overview-managed-identity
func TestManagedIdentity(t *testing.T) {
	const resource = "https://graph.microsoft.com"
	for name, tt := range map[string]struct {
		address, client string
		environment     map[string]string
		query           url.Values
		header          http.Header
		want            string
	}{
		"virtual machine": {
			address: "http://169.254.169.254/metadata/identity/oauth2/token", client: "5a1d0000-0000-4000-8000-000000000001",
			query:  url.Values{"api-version": {"2018-02-01"}, "resource": {resource}, "client_id": {"5a1d0000-0000-4000-8000-000000000001"}},
			header: http.Header{"Metadata": {"true"}},
		},
		"app service": {
			address: "http://127.0.0.1:41741/msi/token", environment: map[string]string{"IDENTITY_ENDPOINT": "http://127.0.0.1:41741/msi/token", "IDENTITY_HEADER": "853b9a84"},
			query:  url.Values{"api-version": {"2019-08-01"}, "resource": {resource}},
			header: http.Header{"X-Identity-Header": {"853b9a84"}},
		},
		"another identity": {
			address: "http://169.254.169.254/metadata/identity/oauth2/token", client: "5a1d0000-0000-4000-8000-000000000002",
			query: url.Values{"client_id": {"5a1d0000-0000-4000-8000-000000000001"}}, want: "Identity not found",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, name := range []string{"IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT", "MSI_ENDPOINT", "IDENTITY_SERVER_THUMBPRINT"} {
				t.Setenv(name, tt.environment[name])
			}
			s, c, _ := tenant(t, entratest.Options{})
			i := &identities{tenant: s, address: tt.address, query: tt.query, header: tt.header}
			machine := httptest.NewServer(i)
			t.Cleanup(machine.Close)
			c.Auth = entra.Auth{Method: entra.ManagedIdentity, ClientID: tt.client}
			client, err := newClient(c, through(s, machine.Listener.Addr()))
			if err != nil {
				t.Fatal(err)
			}
			err = asks(t, client)
			if tt.want != "" {
				refusedSignIn(t, err, "", "managed identity")
				return
			}
			if err != nil || len(i.refused) > 0 {
				t.Errorf("%v; refused: %v", err, i.refused)
			}
		})
	}
}

// azure is a program az that knows the one command of azidentity, and writes
// down that it was asked.
const azure = `#!/bin/sh
if [ "$*" != "account get-access-token -o json --resource https://graph.microsoft.com --tenant %s" ]; then
	echo "ERROR: Please run 'az login' to setup account." >&2
	exit 1
fi
echo asked >>%q
echo '{"accessToken": "%s", "expiresOn": "2026-01-01 00:00:00.000000", "expires_on": %d, "subscription": "0b1f6471-1bf0-4dda-aec3-cb9272f09590", "tenant": "%s", "tokenType": "Bearer"}'
`

// TestAzureCLI takes the token of whoever has signed in with Azure CLI, and asks
// for another when it is about to expire, or is refused.
//
// Source: learn.microsoft.com/cli/azure/account#az-account-get-access-token
func TestAzureCLI(t *testing.T) {
	s, c, _ := tenant(t, entratest.Options{})
	token, err := s.Token(entratest.ClientID)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	c.Auth, c.Now = entra.Auth{Method: entra.AzureCLI}, func() time.Time { return now }
	client, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	refusedSignIn(t, asks(t, client), "not found on path", "az login")
	log := filepath.Join(folder, "log")
	install := func(tenant string) {
		t.Helper()
		script := fmt.Sprintf(azure, tenant, log, token, now.Add(time.Hour).Unix(), tenant)
		if err := os.WriteFile(filepath.Join(folder, "az"), []byte(script), 0o700); err != nil { //nolint:gosec // it is a program
			t.Fatal(err)
		}
	}
	install("another")
	refusedSignIn(t, asks(t, client), "az login", "destination.entra.tenant")
	install(entratest.Tenant)
	asked := func(want int) {
		t.Helper()
		text, err := os.ReadFile(log)
		if n := strings.Count(string(text), "asked"); err != nil || n != want {
			t.Errorf("az was asked %d times, want %d; %v", n, want, err)
		}
	}
	for range 3 {
		if err := asks(t, client); err != nil {
			t.Fatal(err)
		}
	}
	asked(1)
	now = now.Add(56 * time.Minute)
	if err := asks(t, client); err != nil {
		t.Fatal(err)
	}
	asked(2)
	now = now.Add(-time.Hour)
	s.Inject(entratest.Fault{Trouble: entratest.StatusBefore, Status: http.StatusUnauthorized})
	if err := asks(t, client); err == nil {
		t.Error("a token that is refused is taken")
	}
	if err := asks(t, client); err != nil {
		t.Fatal(err)
	}
	asked(3)
}

// cloudOf sends all requests to one tenant, and says to whom they were to go.
func cloudOf(t *testing.T, s *entratest.Server) (http.RoundTripper, func() string) {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.Certificate)
	var mu sync.Mutex
	var to []string
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		mu.Lock()
		if !slices.Contains(to, address) {
			to = append(to, address)
		}
		mu.Unlock()
		return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(s.Authority, "https://"))
	}
	return &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}}, func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(to, " ")
	}
}

// TestNationalClouds signs in at the cloud's own address for the cloud's own
// Graph, by secret and by certificate, and asks there, and nowhere else.
//
// Source: learn.microsoft.com/graph/deployments
func TestNationalClouds(t *testing.T) {
	t.Parallel()
	known, file := pair(t)
	for cloud, want := range map[string]string{
		"global": "login.microsoftonline.com:443 graph.microsoft.com:443", "usgov": "login.microsoftonline.us:443 graph.microsoft.us:443",
		"dod": "login.microsoftonline.us:443 dod-graph.microsoft.us:443", "china": "login.chinacloudapi.cn:443 microsoftgraph.chinacloudapi.cn:443",
	} {
		for _, method := range []string{entra.ClientSecret, entra.Certificate} {
			t.Run(cloud+" "+method, func(t *testing.T) {
				t.Parallel()
				s, c, _ := tenant(t, entratest.Options{Clients: []entratest.Client{{ID: entratest.ClientID, Secret: entratest.ClientSecret, Certificate: known, Roles: entratest.AllRoles()}}})
				by, asked := cloudOf(t, s)
				c.Cloud, c.Endpoint = cloud, ""
				c.Auth.Authority, c.Auth.Method, c.Auth.Certificate = "", method, file
				client, err := newClient(c, by)
				if err != nil {
					t.Fatal(err)
				}
				if err := asks(t, client); err != nil {
					t.Fatal(err)
				}
				if got := asked(); got != want {
					t.Errorf("asked %s, want %s", got, want)
				}
				if refused := s.Refused(); len(refused) > 0 {
					t.Errorf("refused: %+v", refused)
				}
			})
		}
	}
}

// TestLockedCertificate opens a PKCS #12 file with its password, and says
// nothing of a wrong one but that it is wrong.
func TestLockedCertificate(t *testing.T) {
	t.Parallel()
	file := filepath.Join("testdata", "client.p12")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	certificates, _, err := azidentity.ParseCertificates(data, []byte("open-sesame"))
	if err != nil {
		t.Fatal(err)
	}
	_, c, by := tenant(t, entratest.Options{Clients: []entratest.Client{{ID: entratest.ClientID, Certificate: certificates[0], Roles: entratest.AllRoles()}}})
	c.Auth.Method, c.Auth.Certificate = entra.Certificate, file
	for password, want := range map[string]string{"open-sesame": "", "leaked": "password"} {
		c.Auth.Password = func() (string, error) { return password, nil }
		client, err := newClient(c, by)
		if want != "" {
			refusedSignIn(t, err, want, "destination.entra.auth")
			if strings.Contains(err.Error(), password) {
				t.Errorf("the password is shown: %v", err)
			}
			continue
		}
		if err == nil {
			err = asks(t, client)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

package graph

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	abstractions "github.com/microsoft/kiota-abstractions-go"

	"ldap2scim/scimdst/entra"
)

// AuthenticateRequest puts the token on a request, as the SDK's adapter asks
// for it.
func (c *Client) AuthenticateRequest(ctx context.Context, r *abstractions.RequestInformation, _ map[string]any) error {
	u, err := r.GetUri()
	if err != nil {
		return fmt.Errorf("address of a request: %w", err)
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme != "https" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("a token is not sent without encryption")
	}
	token, err := c.Token(ctx)
	if err != nil {
		return err
	}
	r.Headers.TryAdd("Authorization", "Bearer "+token)
	return nil
}

// Token returns an access token, which is renewed when it is about to expire.
// The credentials of azidentity keep theirs, but for Azure CLI, a program that
// takes a second; so what was given is kept here as well.
func (c *Client) Token(ctx context.Context) (string, error) {
	c.mu.Lock()
	kept := c.token
	c.mu.Unlock()
	if c.now != nil && kept.ExpiresOn.After(c.now().Add(aboutToExpire)) {
		return kept.Token, nil
	}
	t, err := c.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: c.scopes})
	if err != nil {
		return "", &SignInError{Method: c.method, Err: err}
	}
	c.mu.Lock()
	c.token = t
	c.mu.Unlock()
	return t.Token, nil
}

// aboutToExpire is how long before its end a token is renewed.
const aboutToExpire = 5 * time.Minute

// forget drops a token that was refused.
func (c *Client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = azcore.AccessToken{}
}

// credentialOf is who signs in.
func credentialOf(c entra.Config, by http.RoundTripper) (azcore.TokenCredential, error) {
	options := policy.ClientOptions{Cloud: authority(c)}
	if by != nil {
		options.Transport = &http.Client{Transport: by}
	}
	tenant, id := c.Tenant, c.Auth.ClientID
	private := c.Auth.Authority != ""
	var made azcore.TokenCredential
	var err error
	method := c.WithDefaults().Auth.Method
	switch method {
	case entra.ClientSecret:
		var secret string
		if secret, err = c.Auth.Secret(); err == nil {
			made, err = azidentity.NewClientSecretCredential(tenant, id, secret, &azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: private})
		}
	case entra.Certificate:
		made, err = withCertificate(c, options)
	case entra.WorkloadIdentity:
		made, err = azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{ClientOptions: options, TenantID: tenant, ClientID: id, DisableInstanceDiscovery: private})
	case entra.ManagedIdentity:
		o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if id != "" {
			o.ID = azidentity.ClientID(id)
		}
		made, err = azidentity.NewManagedIdentityCredential(o)
	case entra.AzureCLI:
		made, err = azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: tenant})
	case entra.Token:
		made = given{c.Auth.Secret}
	default:
		err = fmt.Errorf("there is no way to sign in by %q", c.Auth.Method)
	}
	if err != nil {
		return nil, &SignInError{Method: method, Err: err}
	}
	return made, nil
}

func withCertificate(c entra.Config, options policy.ClientOptions) (azcore.TokenCredential, error) {
	data, err := os.ReadFile(c.Auth.Certificate)
	if err != nil {
		return nil, err
	}
	var password []byte
	if c.Auth.Password != nil {
		p, err := c.Auth.Password()
		if err != nil {
			return nil, err
		}
		password = []byte(p)
	}
	certificates, key, err := azidentity.ParseCertificates(data, password)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", c.Auth.Certificate, err)
	}
	return azidentity.NewClientCertificateCredential(c.Tenant, c.Auth.ClientID, certificates, key, &azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: c.Auth.Authority != ""})
}

// authority is where one signs in: that of the cloud, unless another is given.
func authority(c entra.Config) cloud.Configuration {
	of := cloud.AzurePublic
	switch c.Cloud {
	case "usgov", "dod":
		of = cloud.AzureGovernment
	case "china":
		of = cloud.AzureChina
	}
	if c.Auth.Authority != "" {
		of.ActiveDirectoryAuthorityHost = c.Auth.Authority
	}
	return of
}

// given is a token that was got elsewhere. It is read anew for each request,
// so that it can be renewed in its file.
type given struct{ read func() (string, error) }

func (g given) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	t, err := g.read()
	return azcore.AccessToken{Token: t}, err
}

// SignInError: no token was given by one of the methods of package entra.
type SignInError struct {
	Method string
	Err    error
}

// Error is in one line: what azidentity says has a whole exchange in it.
func (e *SignInError) Error() string {
	if code := e.code(); code != "" {
		return "sign in to Entra ID: " + code + explained(code)
	}
	first, _, _ := strings.Cut(e.Err.Error(), "\n")
	return "sign in to Entra ID: " + line(first)
}

func (e *SignInError) Unwrap() error { return e.Err }

// code is the AADSTS code of the answer, or "".
func (e *SignInError) code() string { return regexp.MustCompile(`AADSTS\d+`).FindString(e.Err.Error()) }

// AccessDenied reports that no request can be sent.
func (e *SignInError) AccessDenied() bool { return true }

// explained says what a code means.
// Source: learn.microsoft.com/entra/identity-platform/reference-error-codes.
func explained(code string) string {
	switch code {
	case "AADSTS90002":
		return ", there is no such tenant"
	case "AADSTS700016":
		return ", the tenant does not know the application that signs in"
	case "AADSTS7000215":
		return ", the client secret is not right"
	case "AADSTS7000222":
		return ", the client secret has expired"
	case "AADSTS65001":
		return ", nobody has consented to the application"
	case "AADSTS700027":
		return ", the certificate is not one of the application's"
	case "AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213":
		return ", the application trusts no identity with the issuer, subject and audience of this token"
	}
	return ""
}

// Hint says what to do.
func (e *SignInError) Hint() string {
	switch e.code() {
	case "AADSTS90002":
		return "Correct destination.entra.tenant, and destination.entra.cloud where the tenant is in a national cloud."
	case "AADSTS700016":
		return "Correct destination.entra.auth.client_id, or destination.entra.tenant."
	case "AADSTS7000215":
		return "Write the value of the secret, not its ID, where destination.entra.auth.secret says."
	case "AADSTS7000222":
		return "Make a new client secret in the application's Certificates & secrets, and write it where destination.entra.auth.secret says."
	case "AADSTS65001":
		return "Grant admin consent to the permissions that ldap2scim check lists."
	case "AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213":
		return "Add a federated credential to the application, with the issuer, subject and audience of the token in AZURE_FEDERATED_TOKEN_FILE."
	case "AADSTS700027":
		return "Upload the certificate in the application's Certificates & secrets, or name the right file under destination.entra.auth.certificate."
	}
	switch e.Method {
	case entra.WorkloadIdentity:
		return "The platform must give a token in the file that AZURE_FEDERATED_TOKEN_FILE names: on Kubernetes label the pod azure.workload.identity/use: \"true\"."
	case entra.ManagedIdentity:
		return "Give this machine a managed identity, and write its client ID under destination.entra.auth.client_id if it has several."
	case entra.AzureCLI:
		return "Sign in with az login, to the tenant of destination.entra.tenant; for a national cloud after az cloud set."
	}
	return "See destination.entra.auth: docs/entra.md says what each method needs."
}

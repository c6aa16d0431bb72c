package entratest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const tokenLife = 3599 * time.Second

// claims are what a token of this server says.
type claims struct {
	Audience string   `json:"aud"`
	Issuer   string   `json:"iss"`
	Issued   int64    `json:"iat"`
	Expires  int64    `json:"exp"`
	AppID    string   `json:"appid"`
	Tenant   string   `json:"tid"`
	Roles    []string `json:"roles"`
}

// Token returns a token for a client that the Options name, as the token
// endpoint gives it.
func (s *Server) Token(clientID string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.options.Clients, func(c Client) bool { return c.ID == clientID })
	if i < 0 {
		return "", fmt.Errorf("make a token: there is no client %s", clientID)
	}
	return s.token(&s.options.Clients[i], graphOf), nil
}

// graphOf is the audience of tokens for Graph in the global cloud.
const graphOf = "https://graph.microsoft.com"

func (s *Server) token(c *Client, audience string) string {
	now := s.world.now()
	body, err := json.Marshal(claims{
		Audience: audience, Issuer: "https://sts.windows.net/" + s.options.Tenant + "/",
		Issued: now.Unix(), Expires: now.Add(tokenLife).Unix(), AppID: c.ID, Tenant: s.options.Tenant, Roles: c.Roles,
	})
	if err != nil {
		return "" // unreachable: claims are texts and numbers
	}
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + base64.RawURLEncoding.EncodeToString(body)
	return signed + "." + signature(signed)
}

func signature(signed string) string {
	h := hmac.New(sha256.New, []byte("entratest"))
	h.Write([]byte(signed))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// identify finds who is asking by the bearer token.
func (s *Server) identify(c *call) error {
	unauthorized := func(format string, args ...any) error {
		return problem(http.StatusUnauthorized, "InvalidAuthenticationToken", format, args...)
	}
	token, ok := strings.CutPrefix(c.header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return unauthorized("Access token is empty.")
	}
	cut := strings.LastIndexByte(token, '.')
	if cut < 0 || !hmac.Equal([]byte(signature(token[:cut])), []byte(token[cut+1:])) {
		return unauthorized("IDX10500: Signature validation failed.")
	}
	_, payload, _ := strings.Cut(token[:cut], ".")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	var said claims
	if err != nil || json.Unmarshal(text, &said) != nil || said.Tenant != s.options.Tenant {
		return unauthorized("Access token validation failure.")
	}
	// On a loopback address this is Graph of whichever cloud the token is for.
	if u, err := url.Parse(c.root); err != nil || u.Hostname() != "127.0.0.1" && said.Audience != "https://"+u.Host {
		return unauthorized("Access token validation failure. Invalid audience.")
	}
	if s.world.now().Unix() >= said.Expires {
		return unauthorized("Lifetime validation failed, the token is expired.")
	}
	c.client = &Client{ID: said.AppID, Roles: said.Roles}
	return nil
}

// authority answers what is not below /v1.0: the token endpoint and where to
// find it.
func (s *Server) authority(c *call) (reply, error) {
	tenant, rest, _ := strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
	switch {
	case tenant == "common" && rest == "discovery/instance" && c.Method == http.MethodGet:
		return s.discover(c), nil
	case rest == "v2.0/.well-known/openid-configuration" && c.Method == http.MethodGet:
		if tenant != s.options.Tenant {
			return s.noTenant(tenant), nil
		}
		return jsonReply(http.StatusOK, map[string]string{
			"token_endpoint":         c.root + "/" + tenant + "/oauth2/v2.0/token",
			"authorization_endpoint": c.root + "/" + tenant + "/oauth2/v2.0/authorize",
			"issuer":                 c.root + "/" + tenant + "/v2.0",
		}), nil
	case rest == "oauth2/v2.0/token" && c.Method == http.MethodPost:
		return s.grant(tenant, c), nil
	}
	return reply{}, &graphError{status: http.StatusNotFound, code: "NotFound", message: "There is nothing at " + c.path, undocumented: true}
}

// discover says that this is where one signs in, under the address that the
// client knows.
//
// Source: learn.microsoft.com/entra/identity-platform/authentication-national-cloud
// and MSAL's discovery of instances
func (s *Server) discover(c *call) reply {
	host := strings.TrimPrefix(c.root, "https://")
	return jsonReply(http.StatusOK, map[string]any{
		"tenant_discovery_endpoint": c.root + "/" + s.options.Tenant + "/v2.0/.well-known/openid-configuration", "api-version": "1.1",
		"metadata": []any{map[string]any{"preferred_network": host, "preferred_cache": host, "aliases": []string{host}}},
	})
}

// grant answers a client that shows its secret.
//
// Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
// and .../reference-error-codes
func (s *Server) grant(tenant string, c *call) reply {
	form, err := url.ParseQuery(string(c.Body))
	if err != nil || form.Get("grant_type") != "client_credentials" {
		return s.refuse(http.StatusBadRequest, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '"+form.Get("grant_type")+"'.")
	}
	if tenant != s.options.Tenant {
		return s.noTenant(tenant)
	}
	audience, well := resourceOf(form.Get("scope"))
	if !well {
		return s.refuse(http.StatusBadRequest, "invalid_scope", 1002012, "The provided value for scope "+form.Get("scope")+" is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).")
	}
	id := form.Get("client_id")
	i := slices.IndexFunc(s.options.Clients, func(c Client) bool { return c.ID == id })
	switch {
	case i < 0:
		return s.refuse(http.StatusBadRequest, "unauthorized_client", 700016, "Application with identifier '"+id+"' was not found in the directory '"+tenant+"'.")
	case form.Has("client_assertion"):
		if err := s.options.Clients[i].asserts(form, c.root); err != nil {
			if s.options.Clients[i].Federated != "" {
				return s.refuse(http.StatusUnauthorized, "invalid_client", 700213, "No matching federated identity record found for presented assertion subject. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.")
			}
			return s.refuse(http.StatusUnauthorized, "invalid_client", 700027, "The certificate with identifier used to sign the client assertion is not registered on application: "+err.Error())
		}
	case s.options.Clients[i].Secret == "" || form.Get("client_secret") != s.options.Clients[i].Secret:
		return s.refuse(http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '"+id+"'.")
	case s.options.Clients[i].Expired:
		return s.refuse(http.StatusUnauthorized, "invalid_client", 7000222, "The provided client secret keys for app '"+id+"' are expired.")
	}
	return jsonReply(http.StatusOK, map[string]any{
		"token_type": "Bearer", "expires_in": int(tokenLife.Seconds()), "ext_expires_in": int(tokenLife.Seconds()),
		"access_token": s.token(&s.options.Clients[i], audience),
	})
}

// resourceOf is whose /.default a scope is. What MSAL adds to every scope does
// not count.
func resourceOf(scope string) (string, bool) {
	rest := slices.DeleteFunc(strings.Fields(scope), func(s string) bool {
		return s == "openid" || s == "offline_access" || s == "profile"
	})
	if len(rest) != 1 {
		return "", false
	}
	return strings.CutSuffix(rest[0], "/.default")
}

func (s *Server) noTenant(tenant string) reply {
	return s.refuse(http.StatusBadRequest, "invalid_request", 90002, "Tenant '"+tenant+"' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.")
}

// refuse is an error of the token endpoint, whose text begins with its code.
func (s *Server) refuse(status int, kind string, code int, text string) reply {
	id, at := s.world.requestID(), s.world.now().UTC().Format("2006-01-02 15:04:05Z")
	return jsonReply(status, map[string]any{
		"error": kind, "error_codes": []int{code}, "timestamp": at, "trace_id": id, "correlation_id": id,
		"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", code, text, id, id, at),
		"error_uri":         fmt.Sprintf("https://login.microsoftonline.com/error?code=%d", code),
	})
}

package scimdst

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// OAuth2 asks for tokens by client credentials (RFC 6749 §4.4).
type OAuth2 struct {
	TokenURL string `yaml:"token_url"`
	ClientID string `yaml:"client_id"`
	// ClientSecret names the secret; Config.Secret gives it.
	ClientSecret string   `yaml:"client_secret"`
	Scopes       []string `yaml:"scopes"`
	// Parameters are sent along, such as audience.
	Parameters map[string]string `yaml:"parameters"`
}

// Basic is a user name and a password (RFC 7617).
type Basic struct {
	User string `yaml:"user"`
	// Password names the secret; Config.Secret gives it.
	Password string `yaml:"password"`
}

// ClientCertificate is what this side shows in the TLS handshake: two PEM
// files, which are read once.
type ClientCertificate struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// access says who asks. Its functions may be called from several goroutines.
type access struct {
	// ask returns the value of the Authorization header, or "" for none, and
	// what must be hidden, also beside an error.
	ask func() (string, secrets, error)
	// took and refused are told what became of a header. Refused reports
	// whether another one may be taken. They may be nil.
	took    func(header string)
	refused func(header string) bool
}

func (c Config) validateAuth() []error {
	var errs []error
	ways := 0
	if c.Token != nil {
		ways++
	}
	if o := c.OAuth2; o.TokenURL != "" || o.ClientID != "" || o.ClientSecret != "" {
		ways++
		if err := validateURL(o.TokenURL); err != nil {
			errs = append(errs, fmt.Errorf("oauth2.token_%w", err))
		}
		if o.ClientID == "" || o.ClientSecret == "" {
			errs = append(errs, errors.New("oauth2: client_id and client_secret are both needed"))
		}
	}
	if b := c.Basic; b != (Basic{}) {
		ways++
		if b.User == "" || b.Password == "" || strings.ContainsRune(b.User, ':') { // RFC 7617 §2
			errs = append(errs, errors.New("basic: user and password are both needed, and no colon in the user"))
		}
	}
	if ways > 1 {
		errs = append(errs, errors.New("token, oauth2 and basic: only one can be used"))
	}
	if cc := c.ClientCertificate; (cc.Cert == "") != (cc.Key == "") {
		errs = append(errs, errors.New("client_certificate: cert and key are both needed"))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		errs = append(errs, validateHeader("headers", name))
	}
	for _, name := range slices.Sorted(maps.Keys(c.SecretHeaders)) {
		errs = append(errs, validateHeader("secret_headers", name))
	}
	return errs
}

// validateHeader refuses what this package or net/http sets itself.
func validateHeader(key, name string) error {
	switch textproto.CanonicalMIMEHeaderKey(name) {
	case "Authorization", "Accept", "Content-Type", "Content-Length", "Host", "If-Match", "Connection", "Transfer-Encoding":
		return fmt.Errorf("%s: %s is set by the client itself", key, name)
	}
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' }) {
		return fmt.Errorf("%s: %q is no name of a header", key, name)
	}
	return nil
}

// access returns how the service is told who asks.
func (c Config) access(tokens *http.Client) (access, error) {
	named := c.OAuth2.ClientSecret != "" || c.Basic.Password != "" || len(c.SecretHeaders) > 0
	switch {
	case named && c.Secret == nil:
		return access{}, errors.New("secrets are named, and there is nothing that gives them")
	case c.OAuth2.TokenURL != "":
		return c.OAuth2.access(c.Secret, tokens), nil
	case c.Basic.User != "":
		return access{ask: func() (string, secrets, error) { return c.Basic.header(c.Secret) }}, nil
	case c.Token != nil:
		return access{ask: func() (string, secrets, error) { return bearer(c.Token) }}, nil
	case c.ClientCertificate.Cert != "", len(c.SecretHeaders) > 0:
		return access{ask: func() (string, secrets, error) { return "", nil, nil }}, nil
	}
	return access{}, errors.New("there is no source for the bearer token")
}

// bearer returns the token as a header (RFC 6750 §2.1).
func bearer(source func() (string, error)) (string, secrets, error) {
	token, err := source()
	hide := secrets{token}
	if err != nil {
		return "", hide, fmt.Errorf("ask for the token: %w", err)
	}
	if err := checkToken(token); err != nil {
		return "", hide, err
	}
	return "Bearer " + token, hide, nil
}

func checkToken(token string) error {
	if token == "" {
		return errors.New("the token is empty")
	}
	for i := range len(token) {
		if token[i] <= ' ' || token[i] >= 0x7f {
			return errors.New("the token holds a character that no token can have, such as a space or a line break")
		}
	}
	return nil
}

func (b Basic) header(secret func(string) (string, error)) (string, secrets, error) {
	password, err := secret(b.Password)
	if err != nil {
		return "", secrets{password}, fmt.Errorf("ask for the password: %w", err)
	}
	if password == "" {
		return "", nil, errors.New("the password is empty")
	}
	both := base64.StdEncoding.EncodeToString([]byte(b.User + ":" + password))
	return "Basic " + both, secrets{both, password}, nil
}

// headers are the further ones of each request, and what in them is secret.
func (c Config) headers() (http.Header, secrets, error) {
	h := http.Header{}
	for name, value := range c.Headers {
		h.Set(name, value)
	}
	var hide secrets
	for _, name := range slices.Sorted(maps.Keys(c.SecretHeaders)) {
		value, err := c.Secret(c.SecretHeaders[name])
		hide = append(hide, value)
		if err != nil {
			return nil, hide, fmt.Errorf("ask for the header %s: %w", name, err)
		}
		h.Set(name, value)
	}
	return h, hide, nil
}

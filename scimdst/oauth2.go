package scimdst

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// renewed is a token that is asked for anew when it expires, or when the
// service stops taking it.
type renewed struct {
	config OAuth2
	secret func(string) (string, error)
	// http is used for the tokens only.
	http *http.Client

	mu  sync.Mutex
	now *oauth2.Token
	// taken: the service has accepted the present token.
	taken bool
}

func (o OAuth2) access(secret func(string) (string, error), tokens *http.Client) access {
	r := &renewed{config: o, secret: secret, http: tokens}
	return access{ask: r.ask, took: r.took, refused: r.refused}
}

// ask holds the lock while it waits for a new token, so that one is asked for
// by all together.
func (r *renewed) ask() (string, secrets, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now.Valid() {
		return "Bearer " + r.now.AccessToken, secrets{r.now.AccessToken}, nil
	}
	secret, err := r.secret(r.config.ClientSecret)
	if err != nil {
		return "", secrets{secret}, fmt.Errorf("ask for the client secret: %w", err)
	}
	more := url.Values{}
	for name, value := range r.config.Parameters {
		more.Set(name, value)
	}
	cc := clientcredentials.Config{
		ClientID: r.config.ClientID, ClientSecret: secret, TokenURL: r.config.TokenURL,
		Scopes: r.config.Scopes, EndpointParams: more,
	}
	hide := secrets{secret, url.QueryEscape(secret)}
	token, err := cc.Token(context.WithValue(context.Background(), oauth2.HTTPClient, r.http))
	if err != nil {
		return "", hide, &tokenError{err: err}
	}
	r.now, r.taken = token, false
	hide = append(hide, token.AccessToken)
	return "Bearer " + token.AccessToken, hide, checkToken(token.AccessToken)
}

func (r *renewed) took(header string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken = r.taken || r.now != nil && header == "Bearer "+r.now.AccessToken
}

// refused lets go of the token. A new one helps where this one was taken
// before, or has been replaced meanwhile.
func (r *renewed) refused(header string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == nil || header != "Bearer "+r.now.AccessToken {
		return true
	}
	taken := r.taken
	r.now, r.taken = nil, false
	return taken
}

// tokenError is a token that was not given.
type tokenError struct{ err error }

func (e *tokenError) Error() string { return "ask for a token: " + clean(e.err.Error(), nil) }

func (e *tokenError) Unwrap() error { return e.err }

// Temporary reports whether asking again may help.
func (e *tokenError) Temporary() bool {
	if answer, ok := errors.AsType[*oauth2.RetrieveError](e.err); ok {
		return answer.Response.StatusCode >= 500 || answer.Response.StatusCode == http.StatusTooManyRequests
	}
	return isNetwork(e.err) && mayPass(e.err)
}

package entratest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// target is the SCIM service at a tenant URL.
type target struct {
	base, token string
	// rfc is the flag aadOptscim062020 of the tenant URL: changes as RFC 7644
	// has them.
	rfc bool
}

// targetOf reads the tenant URL, whose query holds flags that are not sent.
//
// Source: learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility
func targetOf(secrets map[string]string) (target, error) {
	address, err := url.Parse(secrets["BaseAddress"])
	if err != nil || address.Host == "" || secrets["SecretToken"] == "" {
		return target{}, &cycleError{code: "InvalidCredentials", message: "The tenant URL or the secret token is not set."}
	}
	t := target{token: secrets["SecretToken"], rfc: strings.Contains(address.RawQuery, "aadOptscim062020")}
	address.RawQuery = ""
	t.base = strings.TrimSuffix(address.String(), "/")
	return t, nil
}

// cycleError ends a cycle: nothing can be done with the target.
type cycleError struct{ code, message string }

func (e *cycleError) Error() string { return e.message }

// objectError is what the target said to one object.
type objectError struct {
	code, message string
	status        int
}

func (e *objectError) Error() string { return e.message }

// do sends one SCIM request. Its errors are a *cycleError or an *objectError,
// or the context's.
func (t target) do(ctx context.Context, method, path string, body any) (map[string]any, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode %s %s: %w", method, path, err)
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, t.base+path, content)
	if err != nil {
		return nil, &cycleError{code: "InvalidCredentials", message: "The tenant URL cannot be used: " + err.Error()}
	}
	r.Header.Set("Authorization", "Bearer "+t.token)
	r.Header.Set("Accept", "application/scim+json")
	if body != nil {
		r.Header.Set("Content-Type", "application/scim+json")
	}
	resp, err := http.DefaultClient.Do(r)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, &cycleError{code: "SystemForCrossDomainIdentityManagementServiceUnavailable", message: "The application cannot be reached."}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, &objectError{code: "WebExceptionProtocolError", message: "The answer was cut."}
	}
	return read(resp.StatusCode, text)
}

func read(status int, text []byte) (map[string]any, error) {
	var m map[string]any
	err := json.Unmarshal(text, &m)
	detail, _ := m["detail"].(string)
	said := fmt.Sprintf("The application answered %d: %s", status, detail)
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return nil, &cycleError{code: "InvalidCredentials", message: said}
	case status >= http.StatusBadRequest:
		return nil, &objectError{code: codeOf(status), message: said, status: status}
	case err != nil && status != http.StatusNoContent:
		return nil, &cycleError{code: "SystemForCrossDomainIdentityManagementServiceIncompatible", message: "The answer is no JSON."}
	}
	return m, nil
}

// codeOf is the error code of a provisioning log.
//
// Source: learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-error-codes
func codeOf(status int) string {
	switch {
	case status == http.StatusConflict:
		return "EntryConflict"
	case status == http.StatusTooManyRequests:
		return "TooManyRequests"
	case status >= http.StatusInternalServerError:
		return "InternalServerError"
	}
	return "SystemForCrossDomainIdentityManagementServiceIncompatible"
}

// search asks for what has a value in an attribute, by eq as Entra ID does.
func (t target) search(ctx context.Context, endpoint, attribute, value string) ([]map[string]any, error) {
	q := url.Values{"filter": {attribute + ` eq "` + strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), `"`, `\"`) + `"`}}
	if endpoint == "/Groups" {
		q.Set("excludedAttributes", "members")
	}
	m, err := t.do(ctx, http.MethodGet, endpoint+"?"+strings.ReplaceAll(q.Encode(), "+", "%20"), nil)
	var o *objectError
	if errors.As(err, &o) && o.status == http.StatusNotFound {
		return nil, &cycleError{code: "SystemForCrossDomainIdentityManagementServiceIncompatible", message: "The application answered 404 to a search."}
	}
	if err != nil {
		return nil, err
	}
	list, _ := m["Resources"].([]any)
	if _, counted := m["totalResults"]; !counted {
		return nil, &cycleError{code: "SystemForCrossDomainIdentityManagementServiceIncompatible", message: "The answer to a search is no ListResponse."}
	}
	var found []map[string]any
	for _, r := range list {
		if object, ok := r.(map[string]any); ok {
			found = append(found, object)
		}
	}
	return found, nil
}

// validateCredentials looks for somebody who does not exist.
//
// Source: learn.microsoft.com/graph/api/synchronization-synchronizationjob-validatecredentials
func (s *Server) validateCredentials(ctx context.Context, c *call) (reply, error) {
	p, _, err := s.job(c)
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("useSavedCredentials", "credentials")
	if err != nil {
		return reply{}, err
	}
	saved := false
	if err := into(given, "useSavedCredentials", &saved); err != nil {
		return reply{}, err
	}
	secrets := p.secrets
	if !saved {
		if secrets, err = pairs(given, "credentials"); err != nil {
			return reply{}, err
		}
	}
	t, err := targetOf(secrets)
	if err == nil {
		var found []map[string]any
		found, err = t.search(ctx, "/Users", "userName", s.world.newID("00d0b0d1"))
		if err == nil && len(found) > 0 {
			err = &cycleError{code: "SystemForCrossDomainIdentityManagementServiceIncompatible", message: "Somebody who does not exist was found."}
		}
	}
	var failed *cycleError
	var refused *objectError
	switch {
	case errors.As(err, &failed):
		return reply{}, problem(http.StatusBadRequest, failed.code, "%s", failed.message)
	case errors.As(err, &refused):
		return reply{}, problem(http.StatusBadRequest, refused.code, "%s", refused.message)
	}
	return noContent(), err
}

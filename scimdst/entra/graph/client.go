package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	khttp "github.com/microsoft/kiota-http-go"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

	"ldap2scim/scimdst/entra"
)

// timeout bounds one request with its answer. Provisioning on demand takes half
// a minute.
const timeout = 2 * time.Minute

// Client sends requests to one tenant. It may be used from several goroutines.
type Client struct {
	base       string
	adapter    *core.GraphRequestAdapterBase
	credential azcore.TokenCredential
	scopes     []string
	now        func() time.Time
	method     string

	mu    sync.Mutex
	usage Usage
	// token is the last that was given.
	token azcore.AccessToken
}

// Usage counts what was sent and what it cost.
type Usage struct {
	Requests, Writes int
	// Units are resource units (x-ms-resource-unit), and Throttled the answers
	// of 429. Each request of a batch counts for itself.
	Units, Throttled int
	// Scope and Information are what the last answer of 429 said of whose quota
	// was used up, and why; "" where none said it.
	Scope, Information string
	// Limit is the largest share of the quota that Graph told, or 0 when it
	// never told one.
	Limit float64
}

// New makes a client. It sends nothing yet.
func New(c entra.Config) (*Client, error) { return newClient(c, nil) }

// newClient lets all requests, those for tokens too, go by another transport;
// nil stands for the usual ones.
func newClient(c entra.Config, by http.RoundTripper) (*Client, error) {
	credential, err := credentialOf(c, by)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(c.Base())
	if err != nil {
		return nil, fmt.Errorf("address of Microsoft Graph: %w", err)
	}
	cl := &Client{base: c.Base(), credential: credential, scopes: []string{scopeHost(c, u) + "/.default"}, now: c.Now, method: c.WithDefaults().Auth.Method}
	parse := serialization.NewParseNodeFactoryRegistry()
	parse.ContentTypeAssociatedFactories["application/json"] = kjson.NewJsonParseNodeFactory()
	write := serialization.NewSerializationWriterFactoryRegistry()
	write.ContentTypeAssociatedFactories["application/json"] = kjson.NewJsonSerializationWriterFactory()
	cl.adapter, err = core.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		cl, core.GraphClientOptions{}, parse, write, pipeline(by))
	if err != nil {
		return nil, fmt.Errorf("prepare requests to Microsoft Graph: %w", err)
	}
	cl.adapter.SetBaseUrl(cl.base)
	return cl, nil
}

// scopeHost is whose token is asked for: that of the cloud's Graph, wherever
// the requests go.
func scopeHost(c entra.Config, u *url.URL) string {
	if c.Endpoint != "" {
		c.Endpoint = ""
		if cloud, err := url.Parse(c.Base()); err == nil {
			u = cloud
		}
	}
	return u.Scheme + "://" + u.Host
}

// pipeline is the SDK's without its retry, which repeats what cannot be
// repeated, without its compression, and in one order.
func pipeline(by http.RoundTripper) *http.Client {
	if by == nil {
		by = khttp.GetDefaultTransport()
	}
	options := core.GraphClientOptions{}
	c := &http.Client{Timeout: timeout, Transport: khttp.NewCustomTransportWithParentTransport(by,
		core.NewGraphTelemetryHandler(&options), khttp.NewParametersNameDecodingHandler(), khttp.NewUserAgentHandler(), khttp.NewHeadersInspectionHandler())}
	// The token goes to nobody else.
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// Usage returns what was counted so far.
func (c *Client) Usage() Usage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.usage
}

// Send implements [entra.Graph].
func (c *Client) Send(ctx context.Context, r entra.Request) (entra.Answer, error) {
	address, err := c.address(r.Path)
	if err != nil {
		return entra.Answer{}, err
	}
	info := abstractions.NewRequestInformation()
	method, err := methodOf(r.Method)
	if err != nil {
		return entra.Answer{}, err
	}
	info.Method = method
	info.SetUri(*address)
	info.Headers.Add("Accept", "application/json")
	if len(r.Body) > 0 {
		info.SetStreamContentAndContentType(r.Body, "application/json")
	}
	headers := khttp.NewHeadersInspectionOptions()
	headers.InspectResponseHeaders = true
	info.AddRequestOptions([]abstractions.RequestOption{headers})
	got, err := c.adapter.SendPrimitive(ctx, info, "[]byte", abstractions.ErrorMappings{"XXX": odataerrors.CreateODataErrorFromDiscriminatorValue})
	a := entra.Answer{}
	if body, isBytes := got.([]byte); isBytes {
		a.Body = body
	}
	status := http.StatusOK
	if err != nil {
		err = failure(r, address.Path, err)
		if e, answered := errors.AsType[*entra.Error](err); answered {
			status = e.Status
		}
	}
	if status == http.StatusUnauthorized {
		c.forget()
	}
	cost := entra.CostOf(r.Method, status, func(name string) string { return first(headers.ResponseHeaders, name) })
	a.Units, a.Limit = cost.Units, cost.Limit
	c.count(cost, entra.BatchCosts(r, a))
	return a, err
}

// address is where a request goes. The next page may be named in full, and must
// be of the same host.
func (c *Client) address(path string) (*url.URL, error) {
	full := path
	if !strings.Contains(path, "://") {
		full = c.base + path
	}
	u, err := url.Parse(full)
	if err != nil {
		return nil, fmt.Errorf("address of a request: %w", err)
	}
	if own, err := url.Parse(c.base); err != nil || own.Host != u.Host || own.Scheme != u.Scheme {
		return nil, fmt.Errorf("the next page is named at %s, where Microsoft Graph is not", u.Host)
	}
	return u, nil
}

func methodOf(name string) (abstractions.HttpMethod, error) {
	for _, m := range []abstractions.HttpMethod{abstractions.GET, abstractions.POST, abstractions.PATCH, abstractions.PUT, abstractions.DELETE} {
		if m.String() == name {
			return m, nil
		}
	}
	return 0, fmt.Errorf("no request to Microsoft Graph is sent by %s", name)
}

func first(h *abstractions.ResponseHeaders, name string) string {
	if h == nil {
		return ""
	}
	for _, key := range h.ListKeys() {
		if strings.EqualFold(key, name) {
			for _, v := range h.Get(key) {
				return v
			}
		}
	}
	return ""
}

// count adds a request, and those that came in it.
func (c *Client) count(outer entra.Cost, items []entra.Cost) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.usage.Requests++
	if len(items) > 0 {
		outer.Method = http.MethodGet // what writes is in it
	}
	for _, one := range append([]entra.Cost{outer}, items...) {
		if one.Method != http.MethodGet {
			c.usage.Writes++
		}
		c.usage.Units += one.Units
		c.usage.Limit = max(c.usage.Limit, one.Limit)
		if one.Status == http.StatusTooManyRequests {
			c.usage.Throttled++
			c.usage.Scope, c.usage.Information = one.Scope, one.Information
		}
	}
}

// failure is what went wrong in the words of package entra.
func failure(r entra.Request, path string, err error) error {
	if signIn, ok := errors.AsType[*SignInError](err); ok {
		return signIn
	}
	e := &entra.Error{Method: r.Method, Path: strings.TrimPrefix(path, "/v1.0")}
	said, ok := errors.AsType[*odataerrors.ODataError](err)
	api, plain := errors.AsType[*abstractions.ApiError](err)
	switch {
	case ok:
		e.Status, e.Wait = said.GetStatusCode(), entra.RetryAfter(first(said.ResponseHeaders, "Retry-After"))
		if main := said.GetErrorEscaped(); main != nil {
			e.Code, e.Message = value(main.GetCode()), line(value(main.GetMessage()))
		}
	case plain:
		e.Status, e.Wait = api.ResponseStatusCode, entra.RetryAfter(first(api.ResponseHeaders, "Retry-After"))
	default:
		e.Err = err
	}
	return e
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// line makes what Graph said fit to print.
func line(s string) string {
	const most = 500
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

package ivanti

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"ldap2scim/scimdst"
)

const (
	largestAnswer = 64 << 20
	attempts      = 6
)

// Client reads a tenant. It is safe for concurrent use and holds nothing that
// must be closed.
type Client struct {
	config Config
	http   *http.Client
	// perMinute is the quota of CPS: 100 searches a minute for each cluster.
	perMinute *rate.Limiter
}

// NewClient makes a client. It reads the CA file and sends nothing.
func NewClient(c Config) (*Client, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c.URL = strings.TrimRight(c.URL, "/")
	c.CPSURL = strings.TrimRight(cmp.Or(c.CPSURL, c.URL), "/")
	c.PageSize = cmp.Or(c.PageSize, mostRows)
	client, err := scimdst.NewReadOnlyHTTP(scimdst.Config{CAFile: c.CAFile, Timeout: c.Timeout})
	if err != nil {
		return nil, err
	}
	return &Client{config: c, http: client, perMinute: rate.NewLimiter(rate.Every(time.Minute/90), 10)}, nil
}

// Error is a request that did not go as it should. Its text holds no secret.
type Error struct {
	// Op says what was being read.
	Op     string
	Path   string
	Status int
	// Detail is what the service said, or "".
	Detail string
	Err    error
	// asked is how long the service asked to wait.
	asked time.Duration
	// most is the largest page where the service has told it.
	most int
}

func (e *Error) Error() string {
	text := e.Op + ": GET " + e.Path
	if e.Status != 0 {
		text += fmt.Sprintf(": %d %s", e.Status, http.StatusText(e.Status))
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *Error) Hint() string {
	switch e.Status {
	case http.StatusUnauthorized:
		return "Look at tenant.user and its password. Where administrators sign in with Password and PIN, Basic authentication does not work; export files instead."
	case http.StatusForbidden:
		return "Give the API user the roles User Read Only and System Read Only, and Common Platform Services (CPS) for stored_attributes."
	}
	return ""
}

// get asks for one answer, as often as the service asks to wait.
func (c *Client) get(ctx context.Context, op, base, path string, q url.Values, into any) error {
	for n := 1; ; n++ {
		err := c.once(ctx, op, base, path, q, into)
		e, is := errors.AsType[*Error](err)
		busy := is && (e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable)
		if !busy || n == attempts {
			return err
		}
		if e.asked > 0 {
			continue // the transport waits for it before the next request
		}
		wait := time.NewTimer(time.Second << (n - 1))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}

func (c *Client) once(ctx context.Context, op, base, path string, q url.Values, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		return &Error{Op: op, Path: path, Err: errors.New("this is not a path")}
	}
	req.URL.RawQuery = q.Encode()
	password, err := c.config.Password()
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	req.SetBasicAuth(c.config.User, password)
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		if u, is := errors.AsType[*url.Error](err); is {
			err = u.Err // without the query, which names people
		}
		return &Error{Op: op, Path: path, Err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestAnswer))
	switch {
	case err != nil:
		return &Error{Op: op, Path: path, Status: resp.StatusCode, Err: err}
	case resp.StatusCode != http.StatusOK:
		return refusal(&Error{Op: op, Path: path, Status: resp.StatusCode, asked: scimdst.RetryAfter(resp.Header)}, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return &Error{Op: op, Path: path, Status: resp.StatusCode, Err: errors.New("the answer is not the JSON that it should be")}
	}
	return nil
}

// refusal reads the vendor's form of errors.
func refusal(e *Error, body []byte) error {
	var said struct {
		Errors struct {
			GlobalErrors []struct{ Message string }
			FieldErrors  []struct{ Code, Message string }
		}
	}
	if json.Unmarshal(body, &said) != nil {
		return e
	}
	for _, f := range said.Errors.FieldErrors {
		e.Detail = cmp.Or(e.Detail, oneLine(f.Message))
		if f.Code != "Range" {
			continue
		}
		if _, err := fmt.Sscanf(f.Message, "must be between 1 and %d", &e.most); err != nil {
			e.most = -1
		}
	}
	for _, g := range said.Errors.GlobalErrors {
		e.Detail = cmp.Or(e.Detail, oneLine(g.Message))
	}
	return e
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return s[:min(len(s), 200)]
}

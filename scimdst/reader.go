package scimdst

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"ldap2scim/plan"
)

// Reader reads what a service holds. It cannot write. It is safe for
// concurrent use and holds nothing that must be closed.
type Reader struct {
	client  client
	profile Profile
	// membersShown is set once a group was seen with its members, which makes
	// a group without any an empty group.
	membersShown atomic.Bool
	// byGroup is set once the search by groups.value was seen to be heeded.
	byGroup atomic.Bool
	// smaller is the page size that the service has taken in place of the
	// profile's, or 0.
	smaller atomic.Int64
	// again is [Config.Again], or nil.
	again func(ctx context.Context, tries int, err error) error
	// answered is set once something could be read.
	answered atomic.Bool
}

// NewReader makes a Reader. It reads the CA file and sends nothing.
func NewReader(c Config) (*Reader, error) {
	o, err := open(c)
	if err != nil {
		return nil, err
	}
	return o.reader(), nil
}

// opened is a configuration made ready for use.
type opened struct {
	base    *url.URL
	access  access
	refused func()
	headers func() (http.Header, secrets, error)
	profile Profile
	way     http.RoundTripper
	rooms   *sync.Pool
	again   func(ctx context.Context, tries int, err error) error
}

func open(c Config) (opened, error) {
	if err := c.Validate(); err != nil {
		return opened{}, err
	}
	c = c.withDefaults()
	p, err := c.Effective()
	if err != nil {
		return opened{}, err
	}
	net, err := newNetwork(c)
	if err != nil {
		return opened{}, err
	}
	who, err := c.access(newHTTP(&timed{next: net, limit: c.Timeout}))
	if err != nil {
		return opened{}, err
	}
	base, err := url.Parse(c.URL)
	if err != nil {
		return opened{}, err // unreachable: it was validated
	}
	base.Host = strings.TrimSuffix(base.Host, ":") // a port that is empty is none (RFC 3986 §6.2.3)
	o := opened{base: base, access: who, refused: c.Refused, profile: p, way: paceAndBound(net, c, p), rooms: &sync.Pool{}, again: c.Again}
	if len(c.Headers)+len(c.SecretHeaders) > 0 {
		o.headers = c.headers
	}
	return o, nil
}

func (o opened) client(rt http.RoundTripper) client {
	return client{
		base: o.base, access: o.access, refused: o.refused, headers: o.headers, way: rt, rooms: o.rooms, throttled: o.profile.Throttled,
	}
}

func (o opened) reader() *Reader {
	return &Reader{client: o.client(readOnly{next: o.way}), profile: o.profile, again: o.again}
}

// Get returns one person or group. An unknown id is an *Error with status 404.
func (r *Reader) Get(ctx context.Context, kind plan.Kind, id plan.RemoteID) (plan.Resource, error) {
	h, err := r.get(ctx, kind, id)
	return h.Resource, err
}

func (r *Reader) get(ctx context.Context, kind plan.Kind, id plan.RemoteID) (held, error) {
	where, err := r.profile.collection(kind)
	if err != nil {
		return held{}, fmt.Errorf("read %s: %w", id, err)
	}
	if id == "" {
		return held{}, fmt.Errorf("read a %s: its id is not known", kind)
	}
	var h held
	c := call{
		op: fmt.Sprintf("read %s %s", kind, id), method: http.MethodGet,
		path: Request{Collection: where, ID: id}.Path(),
	}
	read := func(a *answer) error {
		body, err := a.json()
		if err != nil {
			return err
		}
		if h, err = a.reader(kind).read(body); err != nil {
			return err
		}
		h.inOrder()
		if h.RemoteID != id {
			return fmt.Errorf("the answer is about %s", h.RemoteID)
		}
		return nil
	}
	err = r.patiently(ctx, func() error { return r.client.send(ctx, c, read) })
	if err != nil {
		return held{}, err
	}
	if h.membersShown {
		r.membersShown.Store(true)
	}
	return h, nil
}

// patiently reads, as often as [Config.Again] wants it. Who has never answered
// is not asked again: the address may be wrong.
func (r *Reader) patiently(ctx context.Context, read func() error) error {
	for tries := 1; ; tries++ {
		err := read()
		e, ok := errors.AsType[*Error](err)
		if err == nil || ok && e.Status != 0 {
			r.answered.Store(true)
		}
		if err == nil || r.again == nil || !r.answered.Load() {
			return err
		}
		if err := r.again(ctx, tries, err); err != nil {
			return err
		}
	}
}

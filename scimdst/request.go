package scimdst

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ldap2scim/plan"
)

const patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

// Request is what a step sends.
type Request struct {
	Method string
	// Collection is /Users or /Groups.
	Collection string
	// ID is the object's id at the destination, or "" for a creation.
	ID plan.RemoteID
	// IfMatch is the version that the object must have (RFC 7644 §3.14), or ""
	// for any.
	IfMatch string
	// Body is JSON with sorted keys: the same step gives the same bytes. It is
	// empty for a DELETE.
	Body []byte
	// Waiting are the objects whose ids are not known yet, in the order of
	// their use, each once. In ID and Body stands {id of <external id>} for
	// each. Do refuses to send such a request.
	Waiting []plan.ExternalID
}

// Path is the request's path below the base URL, escaped.
func (r Request) Path() string {
	if r.ID == "" {
		return r.Collection
	}
	return r.Collection + "/" + escapeID(r.ID)
}

// escapeID keeps an id that is all dots from being read as a way upwards.
func escapeID(id plan.RemoteID) string {
	text := string(id)
	if strings.Trim(text, ".") == "" {
		return strings.ReplaceAll(text, ".", "%2E")
	}
	return url.PathEscape(text)
}

// RequestOf returns what Do sends for the step to a service of the generic
// profile. See [Profile.RequestOf].
func RequestOf(step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (Request, error) {
	return Profile{}.RequestOf(step, ids)
}

// RequestOf returns the step as one request, whatever its number of members.
// It does no I/O. Ids holds the destination's ids of what the steps before
// made and of what was there. Where a new person gets a password, the body has
// [PasswordPlaceholder] in its place.
func (p Profile) RequestOf(step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (Request, error) {
	r, err := p.requestOf(step, ids)
	if err != nil {
		return Request{}, fmt.Errorf("%s %s: %w", step.Action.Word(), step.Name, err)
	}
	return r, nil
}

// RequestsOf returns the requests that Do sends for the step, in order, where
// nothing goes wrong: more than one for members beyond the profile's limits.
func (p Profile) RequestsOf(step plan.Step, ids map[plan.ExternalID]plan.RemoteID) ([]Request, error) {
	var list []Request
	for part := range p.parts(step) {
		r, err := p.RequestOf(part, ids)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// parts splits a step on members by the profile's limits.
func (p Profile) parts(step plan.Step) iter.Seq[plan.Step] {
	return func(yield func(plan.Step) bool) {
		if len(step.Members) == 0 {
			yield(step)
			return
		}
		for chunk := range slices.Chunk(step.Members, p.limit(step.Action)) {
			part := step
			part.Members = chunk
			if !yield(part) {
				return
			}
		}
	}
}

// limit is the most members of one request.
func (p Profile) limit(a plan.Action) int {
	n := p.Members.Add
	if a == plan.Take {
		n = p.Members.Remove
	}
	if n == 0 {
		return defaultMembers
	}
	return n
}

func (p Profile) requestOf(step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (Request, error) {
	where, err := p.collection(step.Kind)
	if err != nil {
		return Request{}, err
	}
	if err := p.checkAttributes(step); err != nil {
		return Request{}, err
	}
	r := Request{Method: http.MethodPatch, Collection: where}
	resolve := resolver{ids: ids}
	switch step.Action {
	case plan.Create:
		r.Method = http.MethodPost
		r.Body, err = p.creation(step)
	case plan.Update, plan.Adopt, plan.AddMembers, plan.Take:
		r.ID = resolve.object(step)
		if p.ETag != ETagIgnored && len(step.Members) == 0 {
			r.IfMatch = step.Version
		}
		r.Body, err = p.patchBody(step, &resolve)
	case plan.Remove:
		r.Method, r.ID = http.MethodDelete, resolve.object(step)
		if p.ETag != ETagIgnored {
			r.IfMatch = step.Version
		}
	default:
		err = errors.New("no such action is known here")
	}
	if err != nil {
		return Request{}, err
	}
	r.Waiting = resolve.waiting
	return r, nil
}

func (p Profile) collection(kind plan.Kind) (string, error) {
	switch kind {
	case plan.Person:
		return cmp.Or(p.Endpoints.Person, "/Users"), nil
	case plan.Group:
		return cmp.Or(p.Endpoints.Group, "/Groups"), nil
	case plan.Unit, plan.Setting:
	}
	return "", fmt.Errorf("SCIM has no resource for a %s", kind)
}

// resolver finds the ids of a step's objects and notes those that are not
// known yet.
type resolver struct {
	ids     map[plan.ExternalID]plan.RemoteID
	waiting []plan.ExternalID
	seen    map[plan.ExternalID]bool
}

func (r *resolver) object(step plan.Step) plan.RemoteID {
	if step.Remote != "" {
		return step.Remote
	}
	return r.id(step.Object)
}

func (r *resolver) id(of plan.ExternalID) plan.RemoteID {
	if id := r.ids[of]; id != "" {
		return id
	}
	if r.seen == nil {
		r.seen = map[plan.ExternalID]bool{}
	}
	if !r.seen[of] {
		r.seen[of] = true
		r.waiting = append(r.waiting, of)
	}
	return plan.RemoteID("{id of " + string(of) + "}")
}

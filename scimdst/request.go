package scimdst

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	// Body is JSON with sorted keys: the same step gives the same bytes.
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

// RequestOf returns what Do sends for the step. It does no I/O. Ids holds the
// destination's ids of what the steps before made and of what was there.
func RequestOf(step plan.Step, ids map[plan.ExternalID]plan.RemoteID) (Request, error) {
	where, err := collection(step.Kind)
	if err != nil {
		return Request{}, fmt.Errorf("%s %s: %w", step.Action.Word(), step.Name, err)
	}
	r := Request{Method: http.MethodPatch, Collection: where}
	resolve := resolver{ids: ids}
	var body any
	switch step.Action {
	case plan.Create:
		r.Method = http.MethodPost
		body, err = newResource(step)
	case plan.Update, plan.Adopt, plan.AddMembers, plan.Take:
		r.ID = resolve.object(step)
		body, err = patchBody(step, &resolve)
	default:
		err = errors.New("no such action is known here")
	}
	if err == nil {
		r.Body, err = canonicalJSON(body)
	}
	if err != nil {
		return Request{}, fmt.Errorf("%s %s: %w", step.Action.Word(), step.Name, err)
	}
	r.Waiting = resolve.waiting
	return r, nil
}

func collection(kind plan.Kind) (string, error) {
	switch kind {
	case plan.Person:
		return "/Users", nil
	case plan.Group:
		return "/Groups", nil
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

// canonicalJSON encodes with sorted keys and without HTML escapes. What it is
// given consists of maps, slices, strings and booleans only.
func canonicalJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// newResource is the body that creates the step's object (RFC 7644 §3.3).
func newResource(step plan.Step) (map[string]any, error) {
	if len(step.Members) > 0 {
		return nil, errors.New("a group is created without members")
	}
	if step.Object == "" {
		return nil, errors.New("there is no external id")
	}
	schemas := []string{userSchema}
	if step.Kind == plan.Group {
		schemas = []string{groupSchema}
	}
	resource := map[string]any{plan.ExternalIDPath: string(step.Object)}
	for path, text := range step.After.Sorted() {
		if path == plan.ExternalIDPath {
			continue // it is the object's ID, set above
		}
		a, err := parseAttribute(path)
		if err != nil {
			return nil, err
		}
		value, err := a.value(text)
		if err != nil {
			return nil, err
		}
		if err := a.put(resource, value); err != nil {
			return nil, err
		}
	}
	if _, used := resource[enterpriseSchema]; used {
		schemas = append(schemas, enterpriseSchema)
	}
	resource["schemas"] = schemas
	return resource, nil
}

package scimdst

import (
	"context"
	"crypto/rand"
	"fmt"

	"ldap2scim/plan"
)

// Discovery is what a service says of itself and what a first question showed.
type Discovery struct {
	// Announced: there is a ServiceProviderConfig (RFC 7643 §5); without it
	// the next fields are zero and say nothing.
	Announced bool `json:"announced"`
	Patch     bool `json:"patch"`
	Bulk      bool `json:"bulk"`
	Filter    bool `json:"filter"`
	ETag      bool `json:"etag"`
	// BulkOperations and BulkPayload are the most operations and bytes of one
	// request to /Bulk, or 0.
	BulkOperations int `json:"bulkOperations,omitempty"`
	BulkPayload    int `json:"bulkPayload,omitempty"`
	// Cursor and Index are the ways of paging that it names (RFC 9865 §4).
	Cursor bool `json:"cursor,omitempty"`
	Index  bool `json:"index,omitempty"`
	// Schemas are the URNs, and ResourceTypes the names, that it lists, sorted.
	Schemas       []string `json:"schemas,omitempty"`
	ResourceTypes []string `json:"resourceTypes,omitempty"`
	// MaxResults is the most that one page holds, or 0.
	MaxResults int `json:"maxResults,omitempty"`
	// FilterWorks: a search for a name that nobody has found nobody. Only
	// [Reader.Check] asks.
	FilterWorks bool `json:"filterWorks,omitempty"`
}

// Discover asks for what the service says of itself (RFC 7644 §4). A part that
// is missing or nonsense says nothing, and is no error.
func (r *Reader) Discover(ctx context.Context) (Discovery, error) {
	d, err := r.discover(ctx)
	if err == nil {
		err = r.describe(ctx, &d)
	}
	return d, err
}

// Check asks for the service's configuration, which may be missing, and
// searches for a person who does not exist, as Entra ID's test connection
// does. It returns what was learnt also beside an error. A service that
// refuses or ignores the search is an error.
func (r *Reader) Check(ctx context.Context) (Discovery, error) {
	d, err := r.Discover(ctx)
	if err != nil {
		return d, err
	}
	nobody := "nobody-" + rand.Text()
	hits := 0
	search, err := r.walk(ctx, plan.Person, equals{attribute: plan.UserName, value: nobody}.String(), func(held) error {
		hits++
		return errEnough
	})
	switch {
	case hits > 0:
		return d, fmt.Errorf("search for a person who does not exist: the service answered with another one, so it ignores filters")
	case err != nil:
		return d, err
	case search.Missing != "":
		return d, fmt.Errorf("search for a person who does not exist: %s", search.Missing)
	}
	d.FilterWorks = true
	return d, nil
}

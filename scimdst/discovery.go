package scimdst

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
)

// feature is one capability as a ServiceProviderConfig has it.
type feature struct {
	Supported bool `json:"supported"`
}

// discover reads what the service says of itself (RFC 7644 §4). A part that is
// missing, forbidden or nonsense says nothing, and is no error: services exist
// with each.
func (r *Reader) discover(ctx context.Context) (Discovery, error) {
	var said struct {
		Patch, ETag feature
		Bulk        struct {
			feature
			MaxOperations  int `json:"maxOperations"`
			MaxPayloadSize int `json:"maxPayloadSize"`
		}
		Pagination struct{ Cursor, Index bool }
		Filter     struct {
			feature
			MaxResults int `json:"maxResults"`
		}
	}
	announced, err := r.ask(ctx, "read the service's configuration", "/ServiceProviderConfig", &said)
	if err != nil || !announced {
		return Discovery{}, err
	}
	return Discovery{
		Announced: true, Patch: said.Patch.Supported, Bulk: said.Bulk.Supported, ETag: said.ETag.Supported,
		Filter: said.Filter.Supported, MaxResults: said.Filter.MaxResults,
		BulkOperations: said.Bulk.MaxOperations, BulkPayload: said.Bulk.MaxPayloadSize,
		Cursor: said.Pagination.Cursor, Index: said.Pagination.Index,
	}, nil
}

// describe adds the schemas and resource types that the service lists.
func (r *Reader) describe(ctx context.Context, d *Discovery) error {
	var schemas, types struct {
		Resources []struct{ ID, Name string }
	}
	if _, err := r.ask(ctx, "read the service's schemas", "/Schemas", &schemas); err != nil {
		return err
	}
	if _, err := r.ask(ctx, "read the service's resource types", "/ResourceTypes", &types); err != nil {
		return err
	}
	for _, s := range schemas.Resources {
		d.Schemas = append(d.Schemas, s.ID)
	}
	for _, t := range types.Resources {
		d.ResourceTypes = append(d.ResourceTypes, t.Name)
	}
	slices.Sort(d.Schemas)
	slices.Sort(d.ResourceTypes)
	return nil
}

// ask reads one document, and reports whether there is one. An error is one
// that any other request would meet too.
func (r *Reader) ask(ctx context.Context, op, path string, to any) (bool, error) {
	err := r.client.send(ctx, call{op: op, method: http.MethodGet, path: path}, func(a *answer) error {
		body, err := a.json()
		if err != nil {
			return err
		}
		return json.Unmarshal(body, to)
	})
	var e *Error
	if errors.As(err, &e) && e.Status != 0 && !e.Temporary() && !e.AccessDenied() && e.Status/100 != 3 {
		return false, nil
	}
	return err == nil, err
}

package scimtest

import (
	"net/http"
	"strings"
)

// discover answers the discovery endpoints (RFC 7644 §4).
func (s *Server) discover(method, path string) (reply, error) {
	if method != http.MethodGet {
		return reply{}, notAllowed(method)
	}
	switch {
	case path == "/ServiceProviderConfig":
		return jsonReply(http.StatusOK, s.config()), nil
	case path == "/ResourceTypes":
		return listOfAll([]any{users.resourceType(), groups.resourceType()}), nil
	case path == "/Schemas":
		return listOfAll(schemaDocuments()), nil
	}
	if id, ok := strings.CutPrefix(path, "/Schemas/"); ok {
		for _, d := range schemaDocuments() {
			if d.(map[string]any)["id"] == id {
				return jsonReply(http.StatusOK, d), nil
			}
		}
	}
	return reply{}, problem(http.StatusNotFound, "", "there is nothing at %s", path)
}

func listOfAll(list []any) reply {
	return jsonReply(http.StatusOK, map[string]any{
		"schemas": []string{listSchema}, "totalResults": len(list), "startIndex": 1,
		"itemsPerPage": len(list), "Resources": list,
	})
}

// config is the ServiceProviderConfig (RFC 7643 §5).
func (s *Server) config() map[string]any {
	supported := func(yes string) map[string]any { return map[string]any{"supported": yes == "yes"} }
	filtering := supported("yes")
	filtering["maxResults"] = s.options.PageCap
	return map[string]any{
		"schemas":        []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"patch":          supported("yes"),
		"bulk":           map[string]any{"supported": s.options.BulkOperations > 0, "maxOperations": s.options.BulkOperations, "maxPayloadSize": s.options.BulkPayload},
		"filter":         filtering,
		"changePassword": supported("no"),
		"sort":           supported("no"),
		"etag":           supported("yes"),
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "Bearer", "description": "a bearer token (RFC 6750)",
		}},
	}
}

func (k *kind) resourceType() map[string]any {
	extensions := []any{}
	for _, e := range k.extensions {
		extensions = append(extensions, map[string]any{"schema": e.id, "required": false})
	}
	return map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"},
		"id":      k.name, "name": k.name, "endpoint": k.endpoint, "schema": k.core.id, "schemaExtensions": extensions,
	}
}

func schemaDocuments() []any {
	var list []any
	for _, k := range []*kind{users, groups} {
		list = append(list, k.core.document(k))
		for _, e := range k.extensions {
			list = append(list, e.document(k))
		}
	}
	return list
}

func (s schema) document(k *kind) map[string]any {
	return map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Schema"},
		"id":      s.id, "name": s.name, "attributes": documents(s.attrs, k.key),
	}
}

func documents(attrs []attr, key string) []any {
	list := []any{}
	for _, a := range attrs {
		d := map[string]any{
			"name": a.name, "type": a.typ, "multiValued": a.multi, "caseExact": a.caseExact,
			"required": a.name == key, "mutability": "readWrite", "returned": "default", "uniqueness": "none",
		}
		if a.readOnly {
			d["mutability"] = "readOnly"
		}
		if a.name == key {
			d["uniqueness"] = "server"
		}
		if len(a.sub) > 0 {
			d["subAttributes"] = documents(a.sub, "")
		}
		list = append(list, d)
	}
	return list
}

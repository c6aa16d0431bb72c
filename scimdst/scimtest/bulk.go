package scimtest

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// onBulk carries out the operations in order (RFC 7644 §3.7). A reference to
// what an operation before it made is resolved; one to anything else is
// refused.
func (s *Server) onBulk(body []byte) (reply, error) {
	var asked struct {
		Operations []struct {
			Method, Path, BulkID, Version string
			Data                          json.RawMessage
		}
	}
	switch err := json.Unmarshal(body, &asked); {
	case err != nil:
		return reply{}, problem(http.StatusBadRequest, "invalidSyntax", "the body is no BulkRequest: %v", err)
	case len(asked.Operations) > s.options.BulkOperations:
		return reply{}, problem(http.StatusRequestEntityTooLarge, "tooMany", "at most %d operations", s.options.BulkOperations)
	case s.options.BulkPayload > 0 && len(body) > s.options.BulkPayload:
		return reply{}, problem(http.StatusRequestEntityTooLarge, "", "at most %d bytes", s.options.BulkPayload)
	}
	made := map[string]string{}
	results := []any{}
	for _, op := range asked.Operations {
		for id, real := range made {
			if before, ok := strings.CutSuffix(op.Path, "/bulkId:"+id); ok {
				op.Path = before + "/" + real
			}
			op.Data = json.RawMessage(strings.ReplaceAll(string(op.Data), `"bulkId:`+id+`"`, `"`+real+`"`))
		}
		rep := s.operation(op.Method, op.Path, op.Version, op.Data)
		result := map[string]any{"method": op.Method, "bulkId": op.BulkID, "status": strconv.Itoa(rep.status)}
		var shown struct {
			ID   string
			Meta struct{ Location, Version string }
		}
		if json.Unmarshal(rep.body, &shown) == nil && shown.ID != "" {
			result["location"], result["version"] = shown.Meta.Location, shown.Meta.Version
			if op.Method == http.MethodPost {
				made[op.BulkID] = shown.ID
			}
		}
		if rep.status >= 400 {
			result["response"] = json.RawMessage(rep.body)
		}
		results = append(results, result)
	}
	return jsonReply(http.StatusOK, map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:BulkResponse"}, "Operations": results,
	}), nil
}

// operation does one operation as if it were a request of its own.
func (s *Server) operation(method, path, version string, data []byte) reply {
	if strings.Contains(path, "bulkId:") || strings.Contains(string(data), `"bulkId:`) {
		return errorReply(problem(http.StatusConflict, "invalidValue", "a bulkId is not known"))
	}
	r, err := http.NewRequestWithContext(context.Background(), method, s.URL+path, nil)
	if err != nil {
		return errorReply(problem(http.StatusBadRequest, "invalidSyntax", "%v", err))
	}
	r.Header.Set("If-Match", version)
	rep, err := s.route(r, data)
	if err != nil {
		return errorReply(err)
	}
	return rep
}

package entratest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
)

// listing is how a collection is answered.
type listing struct {
	context string // of @odata.context, below $metadata#
	// usual and most are the page's size when nothing is asked for, and the
	// largest that may be.
	usual, most int
}

// list answers a collection page by page: what passes the filter, as the
// selection shows it. The next link keeps all query options.
func list[T any](c *call, l listing, objects []T, f filter[T], s selection[T], dress func(T, map[string]any)) (reply, error) {
	count, err := c.advanced(f.advanced)
	if err != nil {
		return reply{}, err
	}
	top, from, err := c.page(l)
	if err != nil {
		return reply{}, err
	}
	value, next, total := []any{}, -1, 0
	for i, object := range objects {
		if i < from && !count || !f.match(object) {
			continue
		}
		total++
		switch {
		case i < from:
		case len(value) < top:
			m := s.show(object)
			if dress != nil {
				dress(object, m)
			}
			value = append(value, m)
		case next < 0:
			next = i
		}
		if next >= 0 && !count {
			break
		}
	}
	body := map[string]any{"@odata.context": c.context(l.context), "value": value}
	if count && from == 0 {
		body["@odata.count"] = total
	}
	if next >= 0 {
		body["@odata.nextLink"] = c.link(next)
	}
	return jsonReply(http.StatusOK, body), nil
}

// advanced reports whether $count=true was asked for, and refuses what needs
// it with ConsistencyLevel: eventual and has not both.
//
// Source: learn.microsoft.com/graph/aad-advanced-queries
func (c *call) advanced(needed bool) (bool, error) {
	count := c.option("$count") == "true"
	eventual := c.header.Get("ConsistencyLevel") == "eventual"
	if needed && (!count || !eventual) {
		return false, problem(http.StatusBadRequest, "Request_UnsupportedQuery",
			"Unsupported Query. Request ConsistencyLevel: eventual and $count=true.")
	}
	if count && !eventual {
		return false, unknown("$count is not supported without ConsistencyLevel: eventual.")
	}
	return count, nil
}

func (c *call) page(l listing) (top, from int, err error) {
	top = l.usual
	if asked := c.option("$top"); asked != "" {
		top, err = strconv.Atoi(asked)
		if err != nil || top < 1 || top > l.most {
			return 0, 0, problem(http.StatusBadRequest, "Request_UnsupportedQuery",
				"Invalid page size specified: '%s'. Must be between 1 and %d inclusive.", asked, l.most)
		}
	}
	if token := c.option("$skiptoken"); token != "" {
		text, err := base64.RawURLEncoding.DecodeString(token)
		if err == nil {
			from, err = strconv.Atoi(string(text))
		}
		if err != nil {
			return 0, 0, problem(http.StatusBadRequest, "Directory_ExpiredPageToken", "The specified page token value has expired and can no longer be included in your request.")
		}
	}
	return top, from, nil
}

func (c *call) link(next int) string {
	q := url.Values{}
	for name, values := range c.options {
		q[name] = values
	}
	q.Set("$skiptoken", base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(next))))
	return c.root + base + c.path + "?" + q.Encode()
}

func (c *call) context(of string) string { return c.root + base + "/$metadata#" + of }

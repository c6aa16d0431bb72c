package scimtest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Quirk is a way in which a service differs for good, unlike a Fault. Each was
// seen in a real service.
type Quirk int

const (
	// CursorOnly pages by cursor, as Entra ID does: no startIndex, and no
	// totalResults before the last page, and "resources" in lower case.
	CursorOnly Quirk = iota + 1
	// MembersSingle shows members with the single group only.
	MembersSingle
	// MembersByUser shows members nowhere, but each person's groups.
	MembersByUser
	// MembersNowhere shows neither.
	MembersNowhere
	// RemoveAll takes all members when one is taken.
	RemoveAll
	// DoubleMembers adds a member who is there once more.
	DoubleMembers
	// IgnoreFilter answers a search with everybody.
	IgnoreFilter
	// PatchNothing answers a PATCH with success and changes nothing.
	PatchNothing
	// IgnoreVersion takes any If-Match.
	IgnoreVersion
	// DuplicateIs500 answers a duplicate with 500 and a sentence.
	DuplicateIs500
	// BulkAbsent announces /Bulk and has none.
	BulkAbsent
	// ExactUserName tells user names apart by case.
	ExactUserName
	// EntraForms takes what Entra ID sends by default, which RFC 7644 does not
	// have: a text for a boolean, and members to remove as a value.
	EntraForms
)

func (o Options) has(q Quirk) bool { return slices.Contains(o.Quirks, q) }

// asEntra turns an operation in a form of Entra ID into those of RFC 7644.
func (e *editor) asEntra(op, path string, value any) (paths []string, plain any) {
	list, many := value.([]any)
	text, isText := value.(string)
	switch a, ok := e.kind.core.attribute(path); {
	case !e.options.has(EntraForms):
	case op == "remove" && path == "members" && many:
		for _, m := range list {
			element, _ := m.(map[string]any)
			id, _ := element["value"].(string)
			paths = append(paths, "members[value eq "+strconv.Quote(id)+"]")
		}
		return paths, nil
	case ok && a.typ == "boolean" && isText:
		if b, err := strconv.ParseBool(strings.ToLower(text)); err == nil {
			return []string{path}, b
		}
	}
	return []string{path}, value
}

// cursorPage answers a search page by page (RFC 9865 §2).
func (s *store) cursorPage(k *kind, q url.Values) (reply, error) {
	if q.Has("startIndex") {
		return reply{}, problem(http.StatusBadRequest, "invalidValue", "startIndex is not supported")
	}
	count, err := s.pageCount(q)
	if err != nil {
		return reply{}, err
	}
	from := 0
	if at := q.Get("cursor"); at != "" {
		text, err := base64.URLEncoding.DecodeString(at)
		if err == nil {
			from, err = strconv.Atoi(string(text))
		}
		if err != nil {
			return reply{}, problem(http.StatusBadRequest, "invalidCursor", "the cursor is unknown")
		}
	}
	hits, err := s.search(k, q.Get("filter"))
	if err != nil {
		return reply{}, err
	}
	from = min(from, len(hits))
	to := min(from+count, len(hits))
	body := map[string]any{
		"schemas": []string{listSchema}, "itemsPerPage": to - from, "resources": s.listed(hits[from:to], q),
	}
	if to < len(hits) {
		body["nextCursor"] = base64.URLEncoding.EncodeToString([]byte(strconv.Itoa(to)))
	} else {
		body["totalResults"] = len(hits)
	}
	return jsonReply(http.StatusOK, body), nil
}

// listed are the resources of a page.
func (s *store) listed(hits []*record, q url.Values) []any {
	list := make([]any, 0, len(hits))
	for _, rec := range hits {
		m := s.shown(rec)
		if s.options.has(MembersSingle) {
			delete(m, "members")
		}
		list = append(list, project(m, q))
	}
	return list
}

func (s *store) pageCount(q url.Values) (int, error) {
	count, err := number(q, "count", s.options.PageCap)
	if err != nil {
		return 0, err
	}
	if s.options.MostCount > 0 && count > s.options.MostCount {
		return 0, problem(http.StatusBadRequest, "invalidCount", "count is at most %d", s.options.MostCount)
	}
	return min(max(count, 0), s.options.PageCap), nil
}

// tooMany refuses a PATCH that names more members than the service takes, and
// misleads about the reason.
func (s *store) tooMany(request []byte) error {
	most := s.options.MostMembers
	if most == 0 || strings.Count(string(request), `"value":"`)+strings.Count(string(request), `members[`) <= most {
		return nil
	}
	return problem(http.StatusBadRequest, "invalidSyntax", "the request is malformed")
}

// membersHidden hides members as the quirks say, and shows a person's groups.
func (s *store) membersHidden(r *record, m map[string]any) {
	hidden := s.options.has(MembersByUser) || s.options.has(MembersNowhere)
	if r.kind == groups && hidden {
		delete(m, "members")
	}
	if r.kind != users || !s.options.has(MembersByUser) {
		return
	}
	list := []any{}
	for _, g := range s.groups.order {
		if slices.Contains(memberIDs(g.body), r.id) {
			list = append(list, map[string]any{"value": g.id})
		}
	}
	m["groups"] = list
}

package ivanti

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"ldap2scim/plan"
)

// record is an account as the customer API shows it (APIG, Get All Accounts;
// the fields as observed in a recorded answer).
type record struct {
	ID            json.RawMessage
	UID           string
	EmailAddress  string
	FirstName     string
	LastName      string
	AccountSource string
	Enabled       *bool
	DeviceCount   int
	ObjectGUID    string
}

// Accounts reads all accounts. The error is a [MaskedError] when the API user
// may not see who they are.
func (c *Client) Accounts(ctx context.Context) ([]plan.Account, error) {
	records, err := c.accounts(c.config.PageSize, url.Values{
		"q": {""}, "fq": {""}, "sortFields[0].name": {"id"}, "sortFields[0].order": {"ASC"},
	}).all(ctx, c)
	if err != nil {
		return nil, err
	}
	list := make([]plan.Account, len(records))
	masked := 0
	for i, r := range records {
		if isMasked(r.UID) || isMasked(r.EmailAddress) {
			masked++
		}
		list[i] = plan.Account{
			UID: r.UID, Email: r.EmailAddress, IDs: stableIDs(r.ObjectGUID), Source: sourceOf(r.AccountSource),
			Disabled: r.Enabled != nil && !*r.Enabled, Devices: r.DeviceCount,
		}
	}
	if masked > 0 {
		return nil, &MaskedError{Masked: masked, Of: len(list)}
	}
	return list, nil
}

// Counts asks for the number of accounts by source alone.
func (c *Client) Counts(ctx context.Context) (map[string]int, error) {
	var p page[record]
	l := c.accounts(1, nil)
	if err := c.get(ctx, l.op, c.config.URL, l.path, url.Values{"q": {""}, "fq": {""}, "start": {"0"}, "rows": {"1"}}, &p); err != nil {
		return nil, err
	}
	counts := p.Result.FacetedResults["ACCOUNTSOURCE"]
	if counts == nil {
		return nil, &Error{Op: l.op, Path: l.path, Status: 200, Err: fmt.Errorf("it does not count accounts by source")}
	}
	return counts, nil
}

func (c *Client) accounts(rows int, q url.Values) listing[record] {
	return listing[record]{op: "read accounts", path: "/api/v1/account", query: q, rows: rows, key: func(r record) string { return string(r.ID) }}
}

// Groups reads the groups with their sources, by name. The guide documents how
// groups are made (APIG, Group API Calls) and that lists from the database have
// 50 rows; that this list is read at the same path is inferred. A tenant that
// does not know it says nothing of its groups: nil.
func (c *Client) Groups(ctx context.Context) (map[string]string, error) {
	type group struct{ Name, Source string }
	list, err := listing[group]{op: "read groups", path: "/api/v1/group", rows: mostGroupRows, key: func(g group) string { return "" }}.all(ctx, c)
	if e, is := errors.AsType[*Error](err); is && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	groups := map[string]string{}
	for _, g := range list {
		groups[g.Name] = sourceOf(g.Source)
	}
	return groups, nil
}

// sourceOf is the vendor's word for a source, which its portal writes
// otherwise than its interface.
func sourceOf(s string) string {
	switch plan.Fold(strings.Join(strings.Fields(s), " ")) {
	case "ldap", "ldap user", "ldap entity":
		return "LDAP"
	case "local", "local user":
		return "LOCAL"
	case "scim entra id", "scim azure ad", "user provisioning entra id", "entra id (scim)":
		return "SCIM_AAD"
	case "entra id", "azure ad", "microsoft entra id":
		return "AAD"
	}
	return strings.ToUpper(strings.TrimSpace(s))
}

// MaskedError: the API user sees masked names, by which nothing can be joined.
type MaskedError struct{ Masked, Of int }

func (e *MaskedError) Error() string {
	return fmt.Sprintf("the user IDs or emails of %d of %d accounts are masked", e.Masked, e.Of)
}

// Hint says what to do.
func (e *MaskedError) Hint() string {
	return "Take the GDPR profile off the API user, or name another user; nothing can be planned with masked records."
}

// isMasked tells whether a value is hidden. How the vendor hides it is not
// documented: a run of signs that stand for letters is taken for it.
func isMasked(s string) bool {
	for _, sign := range []string{"***", "###", "•••", "xxxxx", "XXXXX"} {
		if strings.Contains(s, sign) {
			return true
		}
	}
	return false
}

package ivanti

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ldap2scim/plan"
)

// stored is a user as CPS shows one.
type stored struct {
	UserID               string
	CustomAttributes     map[string]string
	LDAPCustomAttributes map[string]string
}

// AddStored asks CPS for what the tenant has stored of LDAP attributes, and
// adds it to the accounts. CPS searches by the beginning of a user ID, so one
// search is made for each first character that there is.
func (c *Client) AddStored(ctx context.Context, accounts []plan.Account) error {
	at := map[string]int{}
	var firsts []string
	for i, a := range accounts {
		if a.UID == "" {
			continue
		}
		uid := plan.Fold(a.UID)
		at[uid] = i
		firsts = append(firsts, string([]rune(uid)[:1]))
	}
	slices.Sort(firsts)
	for _, first := range slices.Compact(firsts) {
		if err := c.storedOf(ctx, first, func(u stored) {
			if i, known := at[plan.Fold(u.UserID)]; known {
				accounts[i] = learn(accounts[i], u)
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// cpsPage is a page of users. The guide shows the fields of a user, and not what
// the list is wrapped in, so the forms of the vendor's other lists are read.
type cpsPage struct {
	TotalCount             *int
	Results, SearchResults *[]stored
	Result                 struct {
		TotalCount    *int
		SearchResults *[]stored
	}
}

func (p cpsPage) list() *[]stored { return cmp.Or(p.Results, p.SearchResults, p.Result.SearchResults) }

func (p cpsPage) total() *int { return cmp.Or(p.TotalCount, p.Result.TotalCount) }

// storedOf reads the users whose ID begins with a prefix.
func (c *Client) storedOf(ctx context.Context, prefix string, each func(stored)) error {
	const op, path = "read stored attributes", "/msa/v1/cps/user"
	for read := 0; ; {
		if err := c.perMinute.Wait(ctx); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		var p cpsPage
		q := url.Values{"uid": {prefix}, "fields": {`"ldapStandardAttributes"`}, "offset": {strconv.Itoa(read)}, "limit": {strconv.Itoa(mostCPSRows)}}
		if err := c.get(ctx, op, c.config.CPSURL, path, q, &p); err != nil {
			return err
		}
		list := p.list()
		if list == nil {
			return &Error{Op: op, Path: path, Status: http.StatusOK, Err: errors.New("there is no list of users in the answer")}
		}
		for _, u := range *list {
			if isMasked(u.UserID) {
				return &MaskedError{Masked: 1, Of: len(*list)}
			}
			each(u)
		}
		read += len(*list)
		switch {
		case p.total() != nil && read >= *p.total(), p.total() == nil && len(*list) < mostCPSRows:
			return nil
		case len(*list) == 0:
			return &Error{Op: op, Path: path, Status: http.StatusOK, Err: fmt.Errorf("it ends after %d of %d", read, *p.total())}
		}
	}
}

// learn adds what CPS says. The names of LDAP attributes come back in lower
// case, and so they are compared.
func learn(a plan.Account, u stored) plan.Account {
	for name, value := range u.LDAPCustomAttributes {
		name = strings.ToLower(name)
		if name == "objectguid" {
			a.IDs = append(a.IDs, stableIDs(value)...)
			continue
		}
		if a.Values == nil {
			a.Values = map[string]string{}
		}
		a.Values[name] = value
	}
	return a
}

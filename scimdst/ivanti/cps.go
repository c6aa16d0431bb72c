package ivanti

import (
	"context"
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

// storedOf reads the users whose ID begins with a prefix.
func (c *Client) storedOf(ctx context.Context, prefix string, each func(stored)) error {
	const op, path = "read stored attributes", "/msa/v1/cps/user"
	for read := 0; ; {
		if err := c.perMinute.Wait(ctx); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		var p struct {
			TotalCount *int
			Results    []stored
		}
		q := url.Values{"uid": {prefix}, "fields": {`"ldapStandardAttributes"`}, "offset": {strconv.Itoa(read)}, "limit": {strconv.Itoa(mostCPSRows)}}
		if err := c.get(ctx, op, c.config.CPSURL, path, q, &p); err != nil {
			return err
		}
		for _, u := range p.Results {
			if isMasked(u.UserID) {
				return &MaskedError{Masked: 1, Of: len(p.Results)}
			}
			each(u)
		}
		read += len(p.Results)
		switch {
		case p.TotalCount != nil && read >= *p.TotalCount, p.TotalCount == nil && len(p.Results) < mostCPSRows:
			return nil
		case len(p.Results) == 0:
			return &Error{Op: op, Path: path, Status: http.StatusOK, Err: fmt.Errorf("it ends after %d of %d", read, *p.TotalCount)}
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

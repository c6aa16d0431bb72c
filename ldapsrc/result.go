package ldapsrc

import (
	"cmp"
	"errors"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// result is an LDAPResult (RFC 4511 §4.1.9).
type result struct {
	code        int
	matchedDN   string
	diagnostics string
	referrals   []string
	// cookie is that of the paging control, when paged is true.
	cookie string
	paged  bool
	// estimate is that of all entries in the paging control, or 0.
	estimate int
}

// err returns nil for success, and otherwise an *ldap.Error.
func (r result) err() error {
	if r.code == ldap.LDAPResultSuccess {
		return nil
	}
	why := errors.New(cmp.Or(strings.TrimSpace(r.diagnostics), "the server says no more"))
	return &ldap.Error{ResultCode: uint16(r.code), MatchedDN: r.matchedDN, Err: why}
}

func parseResult(m message) (result, error) {
	var r result
	code, rest, err := take(m.content, tagEnumerated)
	if err != nil {
		return r, err
	}
	if r.code, err = number(code); err != nil || r.code > 0xffff {
		return r, errMalformed
	}
	if r.matchedDN, rest, err = take(rest, tagOctets); err != nil {
		return r, err
	}
	if r.diagnostics, rest, err = take(rest, tagOctets); err != nil {
		return r, err
	}
	if uris, _, err := take(rest, tagReferral); err == nil {
		if r.referrals, err = octetStrings(uris); err != nil {
			return r, err
		}
	}
	err = r.parseControls(m.controls)
	return r, err
}

func (r *result) parseControls(controls string) error {
	for controls != "" {
		control, rest, err := take(controls, tagSequence)
		if err != nil {
			return err
		}
		controls = rest
		oid, value, err := take(control, tagOctets)
		if err != nil {
			return err
		}
		if oid != ldap.ControlTypePaging {
			continue
		}
		if _, after, err := take(value, tagBoolean); err == nil {
			value = after
		}
		if err := r.parsePaging(value); err != nil {
			return err
		}
	}
	return nil
}

// parsePaging decodes a realSearchControlValue (RFC 2696 §2).
func (r *result) parsePaging(value string) error {
	octets, _, err := take(value, tagOctets)
	if err != nil {
		return err
	}
	sequence, _, err := take(octets, tagSequence)
	if err != nil {
		return err
	}
	size, rest, err := take(sequence, tagInteger)
	if err != nil {
		return err
	}
	if n, err := number(size); err == nil { // it is no more than an estimate
		r.estimate = n
	}
	r.cookie, _, err = take(rest, tagOctets)
	r.paged = err == nil
	return err
}

func octetStrings(content string) ([]string, error) {
	var all []string
	for content != "" {
		s, rest, err := take(content, tagOctets)
		if err != nil {
			return nil, err
		}
		all, content = append(all, s), rest
	}
	return all, nil
}

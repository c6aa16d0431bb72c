package checkpoints

import (
	"fmt"

	"ldap2scim/plan"
)

// encoder makes objects of entries and resources. The zero value is ready.
type encoder struct {
	json    []byte
	element []byte
	row     []any
}

// entry makes a row for entry_rows. The result holds until the next call.
func (c *encoder) entry(e plan.Entry) (object, error) {
	var err error
	if c.json, err = appendAttrs(c.json[:0], e.Attrs); err != nil {
		return object{}, fmt.Errorf("entry %s: %w", e.DN, err)
	}
	attrs := string(c.json)
	members, uids, flaws := c.list(e.Members), c.list(e.MemberUIDs), c.list(e.Flaws)
	c.digest(string(e.Kind), string(e.ID), e.DN, attrs, members, e.UID, uids, e.Inactive, flaws)
	c.row = append(c.row[:0], e.DN, e.Key, attrs, unless(members, "[]"), unless(e.UID, ""), unless(uids, "[]"), unless(e.Inactive, ""), unless(flaws, "[]"))
	return object{objectKey{kind: e.Kind, id: e.ID}, c.row, c.element}, nil
}

// resource makes a row for resource_rows.
func (c *encoder) resource(r plan.Resource) (object, error) {
	c.json = appendObject(c.json[:0], r.Fields, appendString)
	fields := string(c.json)
	c.json = appendList(c.json[:0], r.Members)
	members := string(c.json)
	c.digest(string(r.Kind), string(r.ExternalID), string(r.RemoteID), r.Version, fields, members)
	c.row = append(c.row[:0], r.Version, fields, unless(members, "[]"))
	return object{objectKey{r.Kind, r.ExternalID, r.RemoteID}, c.row, c.element}, nil
}

// list is a column that holds a list as JSON.
func (c *encoder) list(values []string) string {
	if len(values) == 0 {
		return "[]"
	}
	c.json = appendList(c.json[:0], values)
	return string(c.json)
}

// digest makes the element of the digest, of values with a zero byte between.
func (c *encoder) digest(values ...string) {
	c.element = c.element[:0]
	for i, v := range values {
		if i > 0 {
			c.element = append(c.element, 0)
		}
		c.element = append(c.element, v...)
	}
}

// unless is a column that is NULL where there is nothing.
func unless(value, nothing string) any {
	if value == nothing {
		return nil
	}
	return value
}

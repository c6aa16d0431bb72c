package checkpoints

import "ldap2scim/plan"

// encoder makes objects of resources. The zero value is ready.
type encoder struct {
	json    []byte
	element []byte
	row     []any
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

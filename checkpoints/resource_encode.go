package checkpoints

import "ldap2scim/plan"

// A resource stands in a block as a list in JSON: our ID, the destination's, the
// version and the fields. Its members stand apart from it, as a list.

// packResource makes the record of a resource in key and value. They hold until
// the next call.
func (p *packer) packResource(r plan.Resource) error {
	p.key = objectKey{r.Kind, r.ExternalID, r.RemoteID}.append(p.key[:0])
	b := p.begin()
	for _, text := range []string{string(r.ExternalID), string(r.RemoteID), r.Version} {
		b = append(appendText(b, text), ',')
	}
	fields := len(b)
	b = appendObject(b, r.Fields, appendString)
	fieldsEnd := len(b)
	b = append(b, ']')
	putSizes(b, len(r.Members))
	members := [2]int{}
	if len(r.Members) > 0 {
		b = roomFor(b, r.Members)
		members[0] = len(b)
		b = appendList(b, r.Members)
		members[1] = len(b)
	}
	p.value = b
	e := append(append(p.element[:0], r.Kind...), 0)
	e = append(append(e, r.ExternalID...), 0)
	e = append(append(e, r.RemoteID...), 0)
	e = append(append(e, r.Version...), 0)
	p.element = append(append(e, b[fields:fieldsEnd]...), 0)
	p.sum(p.element, list(b, members), nil)
	return nil
}

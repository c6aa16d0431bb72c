package scimdst

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"ldap2scim/plan"
)

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// page is one ListResponse (RFC 7644 §3.4.2).
type page struct {
	resources []held
	// total is what the service says, or -1 when it does not.
	total int
	// next is the cursor of the page after this one, or "" (RFC 9865 §2).
	next string
	// schemas are the answer's own.
	schemas []string
}

// readPage reads the parts of a page, in whatever order they come.
func readPage(body []byte, kind plan.Kind) (page, error) {
	p := page{total: -1}
	s := &scan{text: body}
	r := &resourceReader{kind: kind, paths: map[string]string{}}
	err := s.whole(func() error {
		return s.object(0, func(name []byte) error { return p.readPart(s, strings.ToLower(textOf(name)), r) })
	})
	if err != nil {
		return page{}, fmt.Errorf("read a page: %w", err)
	}
	for _, s := range p.schemas {
		if strings.EqualFold(s, listSchema) {
			return p, nil
		}
	}
	return page{}, errors.New("the answer is no SCIM ListResponse: its schemas do not say so")
}

func (p *page) readPart(s *scan, name string, r *resourceReader) error {
	if name == "resources" && s.next() == '[' {
		return s.sequence('[', ']', 1, func() error {
			h, err := r.next(s, 2)
			h.inOrder()
			p.resources = append(p.resources, h)
			return err
		})
	}
	value, err := s.value(1)
	if err != nil {
		return err
	}
	switch name {
	case "resources":
		if string(value) != "null" { // which stands for none
			err = errors.New("it is not a list")
		}
	case "totalresults":
		err = json.Unmarshal(value, &p.total)
		if err == nil && p.total < 0 {
			err = fmt.Errorf("it is %d", p.total)
		}
	case "nextcursor":
		var next *string // null stands for none
		if err = json.Unmarshal(value, &next); err == nil && next != nil {
			p.next = *next
		}
	case "schemas":
		err = json.Unmarshal(value, &p.schemas)
	default: // startIndex and itemsPerPage among others: what came is counted
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

package scimdst

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// readPage decodes resource by resource, so that the JSON of only one is in
// memory as a tree. The page's parts may come in any order.
func readPage(r io.Reader, kind plan.Kind) (page, error) {
	dec := json.NewDecoder(r)
	dec.UseNumber()
	p := page{total: -1}
	if err := expect(dec, '{'); err != nil {
		return page{}, err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return page{}, fmt.Errorf("read a page: %w", unexpected(err))
		}
		name, _ := key.(string) // within an object a key is a string
		if err := p.readPart(dec, strings.ToLower(name), kind); err != nil {
			return page{}, err
		}
	}
	if err := expect(dec, '}'); err != nil {
		return page{}, err
	}
	for _, s := range p.schemas {
		if strings.EqualFold(s, listSchema) {
			return p, nil
		}
	}
	return page{}, errors.New("the answer is no SCIM ListResponse: its schemas do not say so")
}

func (p *page) readPart(dec *json.Decoder, name string, kind plan.Kind) error {
	var err error
	switch name {
	case "resources":
		return p.readResources(dec, kind)
	case "totalresults":
		err = dec.Decode(&p.total)
		if err == nil && p.total < 0 {
			err = fmt.Errorf("totalResults is %d", p.total)
		}
	case "nextcursor":
		var next *string // null stands for none
		if err = dec.Decode(&next); err == nil && next != nil {
			p.next = *next
		}
	case "schemas":
		err = dec.Decode(&p.schemas)
	default: // startIndex and itemsPerPage among others: what came is counted
		var skip json.RawMessage
		err = dec.Decode(&skip)
	}
	if err != nil {
		return fmt.Errorf("read %s of a page: %w", name, unexpected(err))
	}
	return nil
}

func (p *page) readResources(dec *json.Decoder, kind plan.Kind) error {
	t, err := dec.Token()
	if err != nil {
		return fmt.Errorf("read the resources of a page: %w", unexpected(err))
	}
	if t == nil { // null stands for none
		return nil
	}
	if t != json.Delim('[') {
		return errors.New("read a page: Resources is not a list")
	}
	for dec.More() {
		var m map[string]any
		if err := dec.Decode(&m); err != nil {
			return fmt.Errorf("read a resource of a page: %w", unexpected(err))
		}
		h, err := flatten(kind, m)
		if err != nil {
			return err
		}
		p.resources = append(p.resources, h)
	}
	return expect(dec, ']')
}

func expect(dec *json.Decoder, want json.Delim) error {
	t, err := dec.Token()
	if err != nil {
		return fmt.Errorf("read a page: %w", unexpected(err))
	}
	if t != want {
		return fmt.Errorf("read a page: there is %v where %v should be", t, want)
	}
	return nil
}

// unexpected tells an answer that breaks off from one that is wrong.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

package ldapsrc

import (
	"bytes"
	"io"
	"net"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"ldap2scim/plan"
)

// canned is a connection that gives what is in it.
type canned struct {
	net.Conn
	io.Reader
}

func (c canned) Read(b []byte) (int, error) { return c.Reader.Read(b) }

func entryMessage(id int64) []byte {
	values := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
	values.AppendChild(octets("ada"))
	attribute := ber.NewSequence("")
	attribute.AppendChild(octets("uid"))
	attribute.AppendChild(values)
	list := ber.NewSequence("")
	list.AppendChild(attribute)
	op := operation(ldap.ApplicationSearchResultEntry)
	op.AppendChild(octets("uid=ada,dc=x"))
	op.AppendChild(list)
	message := ber.NewSequence("")
	message.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	message.AppendChild(op)
	return message.Bytes()
}

// Whatever a server sends: no panic, and what the decoder takes, the library
// takes too.
func FuzzReceive(f *testing.F) {
	f.Add(entryMessage(1))
	f.Add(entryMessage(0))
	f.Add([]byte("\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\x00\x04\x00\x04\x00"))
	f.Add([]byte("\x30\x84\xff\xff\xff\xff\x02"))
	f.Add([]byte("\x30\x80\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := newConn(canned{Reader: bytes.NewReader(b)})
		c.lastID = 1
		m, err := c.receive()
		if err != nil {
			return
		}
		switch m.op {
		case ldap.ApplicationSearchResultEntry:
			r, err := newDecoder().record(m.content)
			if err != nil {
				return
			}
			e := newShape(Config{}, named{Search: Search{ID: "uid", Members: "member"}, kind: plan.Group}, nil).entry(r)
			if e.ID == "" || e.Key == "" && e.DN != "" && e.ID != "dn:" && len(bytes.TrimSpace([]byte(e.DN))) > 0 {
				t.Errorf("got %+v, want an ID and a key", e)
			}
		case ldap.ApplicationSearchResultReference:
			_ = new(references).add(m)
		default:
			_, _ = parseResult(m)
		}
	})
}

func TestReceiveRefusesStrays(t *testing.T) {
	t.Parallel()
	c := newConn(canned{Reader: bytes.NewReader(entryMessage(7))})
	c.lastID = 1
	if m, err := c.receive(); err == nil {
		t.Errorf("got %+v, want an error: nobody asked", m)
	}
}

// again gives the same bytes for ever.
type again struct{ whole, left []byte }

func (r *again) Read(b []byte) (int, error) {
	if len(r.left) == 0 {
		r.left = r.whole
	}
	n := copy(b, r.left)
	r.left = r.left[n:]
	return n, nil
}

func BenchmarkReceiveEntry(b *testing.B) {
	c := newConn(canned{Reader: &again{whole: entryMessage(1)}})
	c.lastID = 1
	d, p := newDecoder(), newShape(Config{}, named{Search: Search{ID: "uid"}, kind: plan.Person}, nil)
	b.ReportAllocs()
	for b.Loop() {
		m, err := c.receive()
		if err != nil {
			b.Fatal(err)
		}
		r, err := d.record(m.content)
		if err != nil {
			b.Fatal(err)
		}
		if e := p.entry(r); e.ID != "ada" {
			b.Fatalf("got %+v", e)
		}
	}
}

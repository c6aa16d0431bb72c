package ldapsrc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

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

// Messages of any length come whole, whatever came before them, and one that
// ends early is an error.
func TestReceiveLengths(t *testing.T) {
	t.Parallel()
	var stream bytes.Buffer
	var want []string
	for _, size := range []int{0, 1, 100, roomSize - 1, roomSize, roomSize + 1, readBuffer - 100, readBuffer, 8 * readBuffer, 8*readBuffer + 1, 70 * readBuffer, 3} {
		text := strings.Repeat(string(rune('a'+len(want))), size)
		want = append(want, text)
		op := operation(ldap.ApplicationSearchResultEntry)
		op.AppendChild(octets(text))
		message := ber.NewSequence("")
		message.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(1), ""))
		message.AppendChild(op)
		stream.Write(message.Bytes())
	}
	whole := stream.Bytes()
	c := newConn(canned{Reader: &stream})
	c.lastID = 1
	var got []message
	for range want {
		m, err := c.receive()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m)
	}
	for i, m := range got {
		if text, _, err := take(m.content, tagOctets); err != nil || text != want[i] {
			t.Errorf("message %d has %d bytes, want %d, %v", i, len(text), len(want[i]), err)
		}
	}
	c = newConn(canned{Reader: bytes.NewReader(whole[:len(whole)-70*readBuffer/2])})
	c.lastID = 1
	err := error(nil)
	for i := 0; err == nil && i < len(want); i++ {
		_, err = c.receive()
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

// An entry with nothing in it, not even a DN, is malformed like any other.
func TestEmptyEntry(t *testing.T) {
	t.Parallel()
	r := &reader{put: func(a arrival) error {
		_, err := a.record(newDecoder())
		return err
	}}
	if err := r.take(message{op: ldap.ApplicationSearchResultEntry}); !errors.Is(err, errMalformed) {
		t.Errorf("got %v, want %v", err, errMalformed)
	}
}

// Attributes come under their names in whatever order, also when there are more
// names than are kept.
func TestDecoderLearns(t *testing.T) {
	t.Parallel()
	d := newDecoder()
	for i := range 3 * rememberedNames {
		names := []string{"uid", "CN", fmt.Sprintf("member;range=%d-%d", i, i), "mail;lang-de"}
		random := rand.New(rand.NewPCG(1, uint64(i)))
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		names = names[:1+random.IntN(len(names))]
		list, want := ber.NewSequence(""), map[string][]string{}
		for _, name := range names {
			values := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
			values.AppendChild(octets(name))
			attribute := ber.NewSequence("")
			attribute.AppendChild(octets(name))
			attribute.AppendChild(values)
			list.AppendChild(attribute)
			want[parseDescription(name).name] = []string{name}
		}
		r, err := d.record(string(octets("dc=x").Bytes()) + string(list.Bytes()))
		if diff := cmp.Diff(want, r.attrs); err != nil || diff != "" {
			t.Fatal(diff, err)
		}
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

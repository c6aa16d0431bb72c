package testservers

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Limits are those of Active Directory ([MS-ADTS] §3.1.1.3.4.6) that Samba
// does not have.
type Limits struct {
	// Values is the largest number of values that an attribute comes with;
	// the others come in ranges (MaxValRange).
	Values int
	// Page is the largest page (MaxPageSize).
	Page int
}

// Limit puts the limits before a directory and returns the ldap:// URL of the
// place, which takes connections without TLS until the test is over.
func Limit(t testing.TB, d *Directory, l Limits) (url string) {
	t.Helper()
	pem, err := os.ReadFile(d.CAFile)
	if err != nil {
		t.Fatalf("read the CA of the directory: %v", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	host := strings.TrimPrefix(d.LDAPSURL, "ldaps://")
	if !strings.Contains(host, ":") {
		host += ":636"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen before the directory: %v", err)
	}
	p := &proxy{limits: l, upstream: host, tls: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	p.running.Go(func() { p.accept(t.Context(), listener) })
	t.Cleanup(func() {
		_ = listener.Close() // which ends accept
		p.end()
		p.running.Wait()
	})
	return "ldap://" + listener.Addr().String()
}

// proxy passes LDAP messages on, cut to the limits.
type proxy struct {
	limits   Limits
	upstream string
	tls      *tls.Config
	running  sync.WaitGroup

	mu    sync.Mutex
	ended bool
	open  []net.Conn
}

func (p *proxy) accept(ctx context.Context, l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return // closed
		}
		dialer := tls.Dialer{Config: p.tls}
		server, err := dialer.DialContext(ctx, "tcp", p.upstream)
		if err != nil {
			_ = client.Close() // the client sees it
			continue
		}
		p.mu.Lock()
		p.open = append(p.open, client, server)
		ended := p.ended
		p.mu.Unlock()
		if ended {
			p.end()
			return
		}
		p.running.Go(func() { pass(server, client, p.request) })
		p.running.Go(func() { pass(client, server, p.answer) })
	}
}

// end closes every connection.
func (p *proxy) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for _, c := range p.open {
		_ = c.Close() // both sides see it
	}
}

// pass sends the messages of one side to the other until either ends.
func pass(to, from net.Conn, change func(*ber.Packet)) {
	defer to.Close()
	defer from.Close()
	in := bufio.NewReader(from)
	for {
		message, err := ber.ReadPacket(in)
		if err != nil || len(message.Children) < 2 {
			return
		}
		change(message)
		if _, err := to.Write(rebuilt(message).Bytes()); err != nil {
			return
		}
	}
}

// request cuts the page that a search asks for.
func (p *proxy) request(message *ber.Packet) {
	if message.Children[1].Tag != ldap.ApplicationSearchRequest || len(message.Children) < 3 || p.limits.Page == 0 {
		return
	}
	for _, control := range message.Children[2].Children {
		if len(control.Children) == 0 || control.Children[0].Data.String() != ldap.ControlTypePaging {
			continue
		}
		last := len(control.Children) - 1
		value, err := ber.DecodePacketErr(control.Children[last].Data.Bytes())
		if err != nil || len(value.Children) != 2 {
			continue
		}
		if size, ok := value.Children[0].Value.(int64); ok && size > int64(p.limits.Page) {
			cut := ber.NewSequence("")
			cut.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, p.limits.Page, ""))
			cut.AppendChild(value.Children[1])
			control.Children[last] = octets(string(cut.Bytes()))
		}
	}
}

// answer cuts the values of an entry.
func (p *proxy) answer(message *ber.Packet) {
	op := message.Children[1]
	if op.Tag != ldap.ApplicationSearchResultEntry || len(op.Children) != 2 || p.limits.Values == 0 {
		return
	}
	list := op.Children[1]
	var cut []*ber.Packet
	for _, attribute := range list.Children {
		cut = append(cut, p.cut(attribute)...)
	}
	list.Children = cut
}

// cut returns a range of an attribute with too many values, and the attribute
// without any beside it.
func (p *proxy) cut(attribute *ber.Packet) []*ber.Packet {
	name, values := attribute.Children[0].Data.String(), attribute.Children[1].Children
	if len(values) <= p.limits.Values {
		return []*ber.Packet{attribute}
	}
	base, bounds, ranged := strings.Cut(name, ";range=")
	low, _, _ := strings.Cut(bounds, "-")
	first, err := strconv.Atoi(low)
	if err != nil {
		first = 0
	}
	part := described(fmt.Sprintf("%s;range=%d-%d", base, first, first+p.limits.Values-1), values[:p.limits.Values])
	if ranged {
		return []*ber.Packet{part}
	}
	return []*ber.Packet{described(base, nil), part}
}

func described(name string, values []*ber.Packet) *ber.Packet {
	set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
	for _, v := range values {
		set.AppendChild(octets(v.Data.String()))
	}
	attribute := ber.NewSequence("")
	attribute.AppendChild(octets(name))
	attribute.AppendChild(set)
	return attribute
}

func octets(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

// rebuilt returns a packet that is encoded from its parts: a decoded one still
// has the bytes that it was read from.
func rebuilt(p *ber.Packet) *ber.Packet {
	if p.TagType == ber.TypePrimitive {
		return p
	}
	whole := ber.Encode(p.ClassType, p.TagType, p.Tag, nil, "")
	for _, child := range p.Children {
		whole.AppendChild(rebuilt(child))
	}
	return whole
}

package ldapsrc

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// conn exchanges LDAP messages, one request at a time. It is not for
// concurrent use, but for close.
type conn struct {
	net    net.Conn
	in     *bufio.Reader
	room   strings.Builder // for the next messages
	lastID int64
}

const (
	readBuffer = 64 << 10
	// largestMessage bounds what one message may hold. A group of a million
	// members has some 100 MB.
	largestMessage = 1 << 30
	// roomSize is the memory that messages share: one of its own for each would
	// take longer than reading it.
	roomSize = 32 << 10
	// growth is how many times what has arrived is got ready for a message, whatever
	// it announces.
	growth = 8
)

func newConn(c net.Conn) *conn {
	return &conn{net: c, in: bufio.NewReaderSize(c, readBuffer)}
}

func (c *conn) close() error { return c.net.Close() }

// send writes one request with the next message ID.
func (c *conn) send(op, controls *ber.Packet) error {
	c.lastID++
	message := ber.NewSequence("")
	message.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, c.lastID, ""))
	message.AppendChild(op)
	if controls != nil {
		message.AppendChild(controls)
	}
	if _, err := c.net.Write(message.Bytes()); err != nil {
		return lost(err)
	}
	return nil
}

// message is one response. Its strings share one block of memory, with other
// messages where it is short.
type message struct {
	// op is the tag of the operation: ldap.ApplicationSearchResultEntry, …
	op      int
	content string
	// controls is the content of the controls, or "".
	controls string
}

// receive reads the next message that answers the last request.
func (c *conn) receive() (message, error) {
	raw, err := c.frame()
	if err != nil {
		return message{}, err
	}
	id, rest, err := take(raw, tagInteger)
	if err != nil {
		return message{}, err
	}
	tag, content, rest, err := cut(rest)
	if err != nil {
		return message{}, err
	}
	if tag&0xc0 != 0x40 {
		return message{}, errMalformed
	}
	m := message{op: int(tag & 0x1f), content: content}
	if rest != "" {
		if m.controls, _, err = take(rest, tagControls); err != nil {
			return message{}, err
		}
	}
	switch n, err := number(id); {
	case err != nil:
		return message{}, err
	case n == 0:
		return message{}, disconnection(m)
	case int64(n) != c.lastID:
		return message{}, fmt.Errorf("the server answered request %d while %d was open", n, c.lastID)
	}
	return m, nil
}

// frame reads the content of one LDAPMessage.
func (c *conn) frame() (string, error) {
	tag, err := c.in.ReadByte()
	if err != nil {
		return "", lost(err)
	}
	if tag != tagSequence {
		return "", errMalformed
	}
	length, err := c.length()
	if err != nil {
		return "", err
	}
	if length <= c.in.Size() {
		return c.short(length)
	}
	return c.long(length)
}

// short reads what fits into the buffer of the reader.
func (c *conn) short(length int) (string, error) {
	if c.room.Cap()-c.room.Len() < length {
		c.room = strings.Builder{}
		c.room.Grow(max(length, roomSize))
	}
	at := c.room.Len()
	err := c.move(&c.room, length)
	return c.room.String()[at:], err
}

// long reads any length. The memory grows with what arrives, not with what is
// announced.
func (c *conn) long(length int) (string, error) {
	b := new(strings.Builder)
	b.Grow(c.in.Size())
	for b.Len() < length {
		part := min(length-b.Len(), c.in.Size())
		if b.Cap()-b.Len() < part {
			larger := new(strings.Builder)
			larger.Grow(min(length, growth*b.Len()))
			larger.WriteString(b.String())
			b = larger
		}
		if err := c.move(b, part); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// move reads n bytes, which the buffer of the reader can hold.
func (c *conn) move(to *strings.Builder, n int) error {
	b, err := c.in.Peek(n)
	if err != nil {
		return lost(err)
	}
	to.Write(b)
	_, err = c.in.Discard(n)
	return err
}

func (c *conn) length() (int, error) {
	first, err := c.in.ReadByte()
	if err != nil {
		return 0, lost(err)
	}
	if first < 0x80 {
		return int(first), nil
	}
	if first == 0x80 || first > 0x84 {
		return 0, errMalformed
	}
	length := 0
	for range first & 0x7f {
		octet, err := c.in.ReadByte()
		if err != nil {
			return 0, lost(err)
		}
		length = length<<8 | int(octet)
	}
	if length > largestMessage {
		return 0, fmt.Errorf("the server sent a message of %d bytes", length)
	}
	return length, nil
}

// disconnection is the error of an unsolicited notification, which is the
// server's way to say that it ends the connection (RFC 4511 §4.4.1).
func disconnection(m message) error {
	if m.op == ldap.ApplicationExtendedResponse {
		if r, err := parseResult(m); err == nil {
			return &lostError{"the server ended the connection", cmp.Or(r.err(), io.ErrUnexpectedEOF)}
		}
	}
	return errMalformed
}

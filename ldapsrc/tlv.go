package ldapsrc

import "errors"

// Identifier octets of what LDAP messages are made of (RFC 4511 §5.1; all
// tags are below 31, all lengths definite).
const (
	tagBoolean    = 0x01
	tagInteger    = 0x02
	tagOctets     = 0x04
	tagEnumerated = 0x0a
	tagSequence   = 0x30
	tagSet        = 0x31
	tagControls   = 0xa0
	tagReferral   = 0xa3
)

var errMalformed = errors.New("the server sent a message that is not LDAP")

// cut splits the first element off b: its identifier octet, its content, and
// what follows it.
func cut(b string) (tag byte, content, rest string, err error) {
	if len(b) < 2 {
		return 0, "", "", errMalformed
	}
	tag = b[0]
	length, header := int(b[1]), 2
	if length >= 0x80 {
		octets := length & 0x7f
		if octets == 0 || octets > 4 || len(b) < 2+octets {
			return 0, "", "", errMalformed
		}
		length = 0
		for _, octet := range []byte(b[2 : 2+octets]) {
			length = length<<8 | int(octet)
		}
		header += octets
	}
	if length > len(b)-header {
		return 0, "", "", errMalformed
	}
	return tag, b[header : header+length], b[header+length:], nil
}

// take is cut for an element whose identifier is known.
func take(b string, want byte) (content, rest string, err error) {
	tag, content, rest, err := cut(b)
	if err == nil && tag != want {
		err = errMalformed
	}
	return content, rest, err
}

// number decodes the content of an INTEGER or ENUMERATED that is not negative.
func number(content string) (int, error) {
	if len(content) == 0 || len(content) > 4 || content[0] >= 0x80 {
		return 0, errMalformed
	}
	n := 0
	for _, octet := range []byte(content) {
		n = n<<8 | int(octet)
	}
	return n, nil
}

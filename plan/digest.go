package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
)

// Digest is the SHA-256 of something's canonical encoding, in hexadecimal.
type Digest string

// Short returns the first eight digits, enough for a person to tell two apart.
func (d Digest) Short() string { return string(d[:min(8, len(d))]) }

// canonical returns the one encoding of v that digests are made of: JSON with
// sorted keys, without escaping for HTML, ended by a newline.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return b.Bytes(), nil
}

// DigestOf returns the digest of v's canonical encoding.
func DigestOf(v any) (Digest, error) {
	b, err := canonical(v)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return Digest(hex.EncodeToString(sum[:])), nil
}

// roll is a digest over a stream of values. The zero roll takes none, and its
// digest is "".
type roll struct {
	hash hash.Hash
	line []byte
}

func newRoll() roll { return roll{hash: sha256.New()} }

// add adds a value by its canonical encoding.
func (r *roll) add(v any) error {
	if r.hash == nil {
		return nil
	}
	b, err := canonical(v)
	r.hash.Write(b) // a hash never returns an error
	return err
}

// rollIn adds a value that appends its canonical encoding, but for the newline.
func rollIn[T interface{ appendJSON(b []byte) []byte }](r *roll, v T) {
	if r.hash == nil {
		return
	}
	r.line = append(v.appendJSON(r.line[:0]), '\n')
	r.hash.Write(r.line)
}

func (r *roll) digest() Digest {
	if r.hash == nil {
		return ""
	}
	return Digest(hex.EncodeToString(r.hash.Sum(nil)))
}

// sealer gives steps their IDs.
type sealer struct {
	encoder StepEncoder
	line    []byte
}

// seal gives the step its ID, which is the digest of all the rest of it.
func (l *sealer) seal(s Step) Step {
	s.ID = ""
	l.line = append(l.encoder.Append(l.line[:0], &s), '\n')
	sum := sha256.Sum256(l.line)
	s.ID = StepID(hex.EncodeToString(sum[:16]))
	return s
}

// SetDigest is a digest of a set of values that come in any order: the sum,
// modulo 2^256, of their SHA-256. The zero value is the empty set.
type SetDigest struct{ sum [sha256.Size]byte }

// Add puts one element, given by the SHA-256 of its canonical form, into the
// set.
func (s *SetDigest) Add(h [sha256.Size]byte) {
	carry := 0
	for i := len(h) - 1; i >= 0; i-- {
		n := int(s.sum[i]) + int(h[i]) + carry
		s.sum[i], carry = byte(n), n>>8
	}
}

// Digest returns the digest of the set as it stands.
func (s *SetDigest) Digest() Digest { return Digest(hex.EncodeToString(s.sum[:])) }

package plan

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"iter"
	"regexp"
	"strconv"
	"strings"
)

// Redaction replaces what says who somebody is by pseudonyms: names, addresses
// and every other value, and text that others have written. The same value gets
// the same pseudonym wherever it is shown. A pseudonym is a keyed digest: who
// does not have the key cannot try names until one fits. IDs that say nothing
// (32 hexadecimal digits) stay, so that the parties can still talk about an
// object. A nil Redaction leaves everything as it is.
type Redaction struct{ key []byte }

// NewRedaction returns the redaction with this key, which must be secret and
// stay the same for pseudonyms that do.
func NewRedaction(key []byte) *Redaction { return &Redaction{key: key} }

// pseudonym is what stands in the place of a value of some sort.
func (r *Redaction) pseudonym(sort, value string) string {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(sort + "\x00" + value))
	return sort + "-" + strings.ToLower(base32.HexEncoding.EncodeToString(mac.Sum(nil))[:12])
}

// Name stands for the name of an object: the same for all names that it has.
func (r *Redaction) Name(k Kind, id ExternalID, name string) string {
	switch {
	case r == nil, name == "":
		return name
	case k == "":
		k = "object"
	}
	if id == "" {
		return r.pseudonym(string(k), "name\x00"+name)
	}
	return r.named(k, ID(r, id))
}

// named is the name of an object whose ID has been seen to.
func (r *Redaction) named(k Kind, id ExternalID) string {
	return r.pseudonym(string(k), "id\x00"+string(id))
}

// Value stands for the value of a field.
func (r *Redaction) Value(value string) string {
	if r == nil || value == "" || value == "true" || value == "false" {
		return value
	}
	if plausibleEmail(value) {
		return r.pseudonym("mail", value)
	}
	return r.pseudonym("value", value)
}

// Who stands for the name of somebody who said something.
func (r *Redaction) Who(name string) string {
	if r == nil || name == "" {
		return name
	}
	return r.pseudonym("somebody", name)
}

// Text stands for what somebody else has written, where nothing can be taken
// out of it with certainty.
func (r *Redaction) Text(s string) string {
	if r == nil || s == "" {
		return s
	}
	return "(left out)"
}

// Answer keeps of a service's words only the status and the error code
// (RFC 7644 §3.12).
func (r *Redaction) Answer(s string) string {
	if r == nil || s == "" {
		return s
	}
	said := regexp.MustCompile(`: ([45]\d\d) [A-Za-z -]+?(?: \((uniqueness|tooMany|invalidFilter|mutability|invalidSyntax|invalidPath|noTarget|invalidValue|invalidVers|sensitive)\))?(?:: |$)`).FindStringSubmatch(s)
	switch {
	case said == nil:
		return r.Text(s)
	case said[2] == "":
		return "the service answered " + said[1] + "; its words are left out"
	}
	return "the service answered " + said[1] + " (" + said[2] + "); its words are left out"
}

// ID stands for the ID of an object, at either side, unless it says nothing.
func ID[T ~string](r *Redaction, id T) T {
	if r == nil || id == "" || saysNothing(string(id)) {
		return id
	}
	return T(r.pseudonym("id", string(id)))
}

func saysNothing(id string) bool {
	digits := strings.ReplaceAll(id, "-", "")
	return len(digits) == 32 && strings.Trim(strings.ToLower(digits), "0123456789abcdef") == ""
}

// Fields stands for the values of fields.
func (r *Redaction) Fields(all Fields) Fields {
	if r == nil || all == nil {
		return all
	}
	redacted := make(Fields, len(all))
	for path, value := range all {
		redacted[path] = r.Value(value)
	}
	return redacted
}

// Decision leaves who it is about out.
func (r *Redaction) Decision(d Decision) Decision {
	if r == nil {
		return d
	}
	d.Name = r.Name(d.Kind, d.Object, d.Name)
	d.Object, d.Remote = ID(r, d.Object), ID(r, d.Remote)
	return d
}

// Finding says of a finding what its check says of all: its own sentence holds
// values.
func (r *Redaction) Finding(f Finding) Finding {
	if r == nil {
		return f
	}
	check, _ := CheckOf(f.Code)
	f.Name = r.Name(f.Kind, f.Object, f.Name)
	f.Object = ID(r, f.Object)
	f.Sentence, f.Remedy, f.Waived = check.Sentence, check.Remedy, r.Text(f.Waived)
	return f
}

// Step leaves out who a step is about, and its values. Its ID is a digest of
// them and is replaced too.
func (r *Redaction) Step(s Step) Step {
	if r == nil {
		return s
	}
	s.ID = StepID(r.pseudonym("step", string(s.ID)))
	s.Name = r.Name(s.Source(), s.Object, s.Name)
	s.Object, s.Remote, s.Version = ID(r, s.Object), ID(r, s.Remote), ""
	s.Before, s.After = r.Fields(s.Before), r.Fields(s.After)
	s.Members = r.IDs(s.Members)
	return s
}

// IDs stands for a list of IDs.
func (r *Redaction) IDs(all []ExternalID) []ExternalID {
	return Mapped(all, func(id ExternalID) ExternalID { return ID(r, id) })
}

// NameOf stands for the name of a person whose ID has been seen to.
func (r *Redaction) NameOf(id ExternalID) string { return r.named(Person, id) }

// Attestation leaves out who attested, and the name of the file that shows it.
func (r *Redaction) Attestation(a Attestation) Attestation {
	if r == nil {
		return a
	}
	a.By = r.Who(a.By)
	if a.Evidence != "" {
		a.Evidence = r.pseudonym("file", a.Evidence)
	}
	return a
}

// Evidence leaves out the name of the server that it is about, and of the file
// that it is from.
func (r *Redaction) Evidence(e Evidence) Evidence {
	if r == nil {
		return e
	}
	if e.Name != "" {
		name := r.pseudonym("server", e.Name)
		e.Sentence = strings.ReplaceAll(e.Sentence, strconv.Quote(e.Name), strconv.Quote(name))
		e.Name = name
	}
	if e.Source != "" {
		e.Source = r.pseudonym("file", e.Source)
	}
	return e
}

// Entry leaves out who an entry is, and all of its values.
func (r *Redaction) Entry(e Entry) Entry {
	if r == nil {
		return e
	}
	e.DN = r.Name(e.Kind, e.ID, e.DN)
	e.Key, e.UID, e.Inactive = r.Value(e.Key), r.Value(e.UID), r.Text(e.Inactive)
	e.ID = ID(r, e.ID)
	attrs := make(map[string][]string, len(e.Attrs))
	for name, values := range e.Attrs {
		attrs[name] = Mapped(values, r.Value)
	}
	e.Attrs, e.Members, e.MemberUIDs, e.Flaws = attrs, Mapped(e.Members, r.Value), Mapped(e.MemberUIDs, r.Value), Mapped(e.Flaws, r.Text)
	return e
}

// Resource leaves out who a resource is, and all of its values.
func (r *Redaction) Resource(v Resource) Resource {
	if r == nil {
		return v
	}
	v.ExternalID, v.RemoteID, v.Version = ID(r, v.ExternalID), ID(r, v.RemoteID), ""
	v.Fields = r.Fields(v.Fields)
	v.Members = Mapped(v.Members, func(id RemoteID) RemoteID { return ID(r, id) })
	return v
}

// Mapped is a list with every value as with returns it.
func Mapped[T any](all []T, with func(T) T) []T {
	var list []T
	for _, v := range all {
		list = append(list, with(v))
	}
	return list
}

// View is a plan's view without names.
func (r *Redaction) View(v View) View {
	if r == nil {
		return v
	}
	var prerequisites []Prerequired
	for _, p := range v.Prerequisites {
		if p.Attestation != nil {
			a := r.Attestation(*p.Attestation)
			p.Attestation = &a
		}
		if p.Evidence != nil {
			e := r.Evidence(*p.Evidence)
			p.Evidence = &e
		}
		p.Beside = Mapped(p.Beside, r.Evidence)
		prerequisites = append(prerequisites, p)
	}
	v.Prerequisites = prerequisites
	v.Changes = nil // which has names
	v.Findings, v.Steps, v.Decisions = Each(v.Findings, r.Finding), Each(v.Steps, r.Step), Each(v.Decisions, r.Decision)
	rows := v.Rows
	v.Rows = func(k Kind) iter.Seq2[Row, error] { return Each(rows(k), r.row) }
	v.NameOf = r.NameOf
	return v
}

func (r *Redaction) row(row Row) Row {
	row.Decision = r.Decision(row.Decision)
	row.Steps = Mapped(row.Steps, func(id StepID) StepID { return StepID(r.pseudonym("step", string(id))) })
	row.Before, row.After = r.Fields(row.Before), r.Fields(row.After)
	row.Findings = Mapped(row.Findings, r.Finding)
	return row
}

// Each yields a sequence with every value as with returns it.
func Each[T any](all iter.Seq2[T, error], with func(T) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range all {
			if !yield(with(v), err) {
				return
			}
		}
	}
}

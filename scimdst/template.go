package scimdst

import (
	"sync"
	"sync/atomic"

	"ldap2scim/plan"
)

// template is the body of a creation without what is the object's own: its
// external id and the values of its fields. A template serves every step that
// fills the same attributes, and a run has few kinds of such. To fill one costs
// a small part of what it costs to order the fields, to take their paths apart
// and to nest them.
type template struct {
	kind plan.Kind
	text []byte
	// slots are in the order of the text. Each has another path.
	slots []slot
}

// slot is the place in the text of an attribute's value.
type slot struct {
	at int
	attribute
}

// gap stands in a resource for a value, and tells the template where that is.
type gap struct {
	attribute
	in *template
}

func (g gap) appendTo(b []byte) []byte {
	g.in.slots = append(g.in.slots, slot{at: len(b), attribute: g.attribute})
	return b
}

// templateOf checks a creation, and returns its template.
func (p Profile) templateOf(step plan.Step) (*template, error) {
	t := &template{kind: step.Kind, slots: make([]slot, 0, len(step.After)+1)}
	resource, err := p.newResource(step, func(a attribute, of string) (part, error) {
		return gap{attribute: a, in: t}, a.check(of)
	})
	if err != nil {
		return nil, err
	}
	if p.Password == PasswordGenerated && step.Kind == plan.Person {
		resource.set("password", text(PasswordPlaceholder))
	}
	t.text = resource.bytes()
	return t, nil
}

// fill returns the body of the step, or false where its fields are others than
// those of the template, or one cannot have its value.
func (t *template) fill(step plan.Step) ([]byte, bool) {
	const usualValue = 32
	b := make([]byte, 0, len(t.text)+usualValue*len(t.slots))
	begin, filled := 0, 0
	for i := range t.slots {
		s := &t.slots[i]
		b = append(b, t.text[begin:s.at]...)
		begin = s.at
		if s.path == plan.ExternalIDPath {
			b = plan.AppendText(b, string(step.Object))
			continue
		}
		value := step.After[s.path]
		switch {
		case s.check(value) != nil: // also when there is none
			return nil, false
		case s.isTruth():
			b = append(b, value...)
		default:
			b = plan.AppendText(b, value)
		}
		filled++
	}
	if _, own := step.After[plan.ExternalIDPath]; own {
		filled++ // it is the object's ID, whatever it says
	}
	return append(b, t.text[begin:]...), filled == len(step.After)
}

// templates are those that a Writer has used. The zero value has none.
type templates struct {
	known  atomic.Pointer[[]*template] // the newest first
	adding sync.Mutex
}

// mostTemplates bounds what a step costs that none of them fits.
const mostTemplates = 16

// fill returns the body of a creation by a template that fits it, if there is
// one. It is the body of [Profile.RequestOf]: whatever that would refuse fits
// none.
func (t *templates) fill(step plan.Step) ([]byte, bool) {
	known := t.known.Load()
	if known == nil || step.Action != plan.Create || step.Object == "" || len(step.Members)+len(step.Clear) > 0 {
		return nil, false
	}
	for _, one := range *known {
		if one.kind != step.Kind {
			continue
		}
		if body, fits := one.fill(step); fits {
			return body, true
		}
	}
	return nil, false
}

// learn keeps the template of a creation that was not refused, in the place of
// the oldest when there are many.
func (t *templates) learn(p Profile, step plan.Step) {
	t.adding.Lock()
	defer t.adding.Unlock()
	if _, known := t.fill(step); known || len(step.Clear) > 0 {
		return
	}
	one, err := p.templateOf(step)
	if err != nil {
		return // unreachable: it was not refused
	}
	all := []*template{one}
	if known := t.known.Load(); known != nil {
		all = append(all, (*known)[:min(len(*known), mostTemplates-1)]...)
	}
	t.known.Store(&all)
}

package plan

import (
	"fmt"
	"iter"
	"slices"
)

// Difference is what two plans say otherwise of one source object.
type Difference struct {
	Kind   Kind       `json:"kind"`
	Object ExternalID `json:"object"`
	Name   string     `json:"name"`
	// WasName is the name in the first plan where it is another.
	WasName string `json:"wasName,omitempty"`
	// Was and Is are the classes, "" in a plan that does not have the object.
	Was Class `json:"was,omitempty"`
	Is  Class `json:"is,omitempty"`
	// WasCode and IsCode are the checks that excluded or blocked it.
	WasCode Code `json:"wasCode,omitempty"`
	IsCode  Code `json:"isCode,omitempty"`
	// Before and After are the fields that the plans set otherwise: as the
	// first sets them, and as the second does.
	Before Fields `json:"before,omitempty"`
	After  Fields `json:"after,omitempty"`
	// Gone are the steps of the first plan that the second does not have, and
	// New those of the second that the first does not.
	Gone []StepID `json:"gone,omitempty"`
	New  []StepID `json:"new,omitempty"`
}

// Compare yields what two plans say otherwise of the objects of one kind, in
// the order of their IDs. Each side comes as [Join] gives it.
func Compare(was, is iter.Seq2[Row, error]) iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		id := func(r Row) ExternalID { return r.Object }
		a, stopA := follow(was, id)
		defer stopA()
		b, stopB := follow(is, id)
		defer stopB()
		for a.more || b.more {
			object := least(a.at(), b.at())
			var from, to *Row
			err := a.take(object, func(r Row) { from = &r })
			if err == nil {
				err = b.take(object, func(r Row) { to = &r })
			}
			if err != nil {
				yield(Difference{}, fmt.Errorf("compare plans: %w", err))
				return
			}
			if d, differ := difference(from, to); differ && !yield(d, nil) {
				return
			}
		}
	}
}

// difference compares one object. A side that is nil does not have it.
func difference(from, to *Row) (Difference, bool) {
	d := Difference{}
	var was, is Row
	if from != nil {
		was = *from
		d.Kind, d.Object, d.Name = was.Kind, was.Object, was.Name
	}
	if to != nil {
		is = *to
		d.Kind, d.Object, d.Name = is.Kind, is.Object, is.Name
	}
	d.Was, d.Is, d.WasCode, d.IsCode = was.Class, is.Class, was.Code, is.Code
	if from != nil && to != nil && was.Name != is.Name {
		d.WasName = was.Name
	}
	d.Before, d.After = otherwise(was.After, is.After), otherwise(is.After, was.After)
	d.Gone, d.New = without(was.Steps, is.Steps), without(is.Steps, was.Steps)
	same := from != nil && to != nil && d.Was == d.Is && d.WasCode == d.IsCode && d.WasName == "" &&
		len(d.Before)+len(d.After)+len(d.Gone)+len(d.New) == 0
	return d, !same
}

// otherwise returns the fields of f that g has not, or with another value.
func otherwise(f, g Fields) Fields {
	var rest Fields
	for path, v := range f {
		if w, both := g[path]; both && v == w {
			continue
		}
		if rest == nil {
			rest = Fields{}
		}
		rest[path] = v
	}
	return rest
}

// without returns the steps of a that are not in b.
func without(a, b []StepID) []StepID {
	there := map[StepID]bool{}
	for _, id := range b {
		there[id] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(id StepID) bool { return there[id] })
}

// differences compares two plans kind by kind.
func differences(was, is View) iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		for _, k := range kinds() {
			for d, err := range Compare(was.Rows(k), is.Rows(k)) {
				if !yield(d, err) || err != nil {
					return
				}
			}
		}
	}
}

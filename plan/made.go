package plan

// Made returns what the rules make of one entry alone: its fields at the
// destination, before it is held against other entries. It is for showing.
// The rules must be valid.
func (r Rules) Made(e Entry) (Fields, error) {
	made, err := r.Maker()
	if err != nil {
		return nil, err
	}
	return made(e), nil
}

// Maker returns a function that does the same for many entries.
func (r Rules) Maker() (func(Entry) Fields, error) {
	m, err := newMapper(Input{Rules: r})
	if err != nil {
		return nil, err
	}
	return func(e Entry) Fields { return m.want(e).fields }, nil
}

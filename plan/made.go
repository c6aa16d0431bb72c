package plan

// Made returns what the rules make of one entry alone: its fields at the
// destination, before it is held against other entries. It is for showing.
// The rules must be valid.
func (r Rules) Made(e Entry) (Fields, error) {
	m, err := newMapper(Input{Rules: r})
	if err != nil {
		return nil, err
	}
	return m.want(e).fields, nil
}

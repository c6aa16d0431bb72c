package plan

// Census takes down the names of people: those that the directory wants, and
// those that the destination has. All of them must be known before the first
// person is decided. With a census, taken while the two sides are read, neither
// needs to be read once more for that. It serves one decision.
type Census struct {
	mapper *mapper
	people names
}

// NewCensus begins one for a decision by these rules and records. It returns an
// error when the rules have a mistake.
func NewCensus(r Rules, t Tenant) (*Census, error) {
	mapper, err := newMapper(Input{Rules: r, Tenant: t})
	if err != nil {
		return nil, err
	}
	return &Census{mapper: mapper, people: *newNames(Person, newKeys())}, nil
}

// Want takes a person of the snapshot, each once, in any order.
func (c *Census) Want(e Entry) { c.people.want(c.mapper.want(e)) }

// Hold takes a person of the inventory, each once, in any order. It may run
// beside Want.
func (c *Census) Hold(r Resource) { c.people.hold(r) }

package plan

// Provisioning is what a destination that provisions a service by itself says
// of one of its objects.
type Provisioning struct {
	// Done: the service has it as the destination has.
	Done bool
	// Newest is what the newest row of the destination's log says, in few words,
	// or "" when there is none.
	Newest string
	// Why says what was amiss.
	Why string
}

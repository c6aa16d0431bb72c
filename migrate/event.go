package migrate

import (
	"time"

	"ldap2scim/plan"
)

// Event is something that happened. The set is closed.
type Event interface{ event() }

type (
	// Read: so many entries or resources have been read so far.
	Read struct {
		Kind plan.Kind
		N    int
	}
	// Restarted: the directory's connection was lost, and the reading begins
	// again.
	Restarted struct{ Err error }
	// Settling: the destination is read in so long, since an earlier run was ended
	// with requests under way, which it may show late.
	Settling struct{ For time.Duration }
	// Again: the destination could not be read, and is asked once more after so
	// long.
	Again struct {
		Err error
		For time.Duration
	}
	// Steered: the operator has changed the rate, or paused the run.
	Steered struct {
		Rate   float64
		Paused bool
	}
	// Marked: so many steps are marked as sending.
	Marked struct{ N int }
	// Sending: the step's request goes out.
	Sending struct {
		Step    plan.Step
		Attempt int
	}
	// Withheld: the step's request did not go out after all, since the run ended
	// while it waited for its turn.
	Withheld struct {
		Step    plan.Step
		Attempt int
	}
	// Answered: the step is done.
	Answered struct {
		Step    plan.Step
		Outcome plan.Outcome
	}
	// Waiting: the step's request did not go well and is tried again, after so
	// long at least.
	Waiting struct {
		Step plan.Step
		Err  error
		For  time.Duration
	}
	// Paced: the destination has refused requests for their number. Rate is how
	// many a second it gets from now on, AtATime how many at a time.
	Paced struct {
		Rate    float64
		AtATime int
	}
	// Down: nothing gets through, or, if Denied, the token is not taken any more.
	// One request at a time asks until it is, or until the run ends.
	Down struct {
		Err    error
		Denied bool
		Until  time.Time
	}
	// Back: something got through again.
	Back struct{}
	// LookedUp: a step of unknown outcome was looked up.
	LookedUp struct {
		Step  plan.Step
		Found plan.Found
	}
	// Refused: the step failed for good, or nobody knows what became of it, and
	// then Failure is "".
	Refused struct {
		Step    plan.Step
		Err     error
		Failure plan.Failure
	}
	// Recorded: the journal has what became of so many steps.
	Recorded struct{ N int }
)

func (Paced) event()     {}
func (Down) event()      {}
func (Back) event()      {}
func (Steered) event()   {}
func (Read) event()      {}
func (Restarted) event() {}
func (Settling) event()  {}
func (Again) event()     {}
func (Marked) event()    {}
func (Sending) event()   {}
func (Withheld) event()  {}
func (Answered) event()  {}
func (Waiting) event()   {}
func (LookedUp) event()  {}
func (Refused) event()   {}
func (Recorded) event()  {}

// Observer is told what happens, in order, by the goroutine that does it. It
// must not block.
type Observer func(Event)

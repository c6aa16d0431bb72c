package checkpoints

import "ldap2scim/plan"

// planQueue takes a plan as it is made, and puts it in batches to who writes it,
// beside the making.
type planQueue struct {
	put     func([]any) error
	batch   []any // plan.Step, plan.Finding and plan.Decision
	members int   // of the steps in it
}

// A batch is put when it has so many values, or so many members: a step has
// none, or thousands.
const (
	queueValues  = 64
	queueMembers = 4096
)

func (q *planQueue) Step(v plan.Step) error {
	q.members += len(v.Members)
	return q.add(v)
}

func (q *planQueue) Finding(v plan.Finding) error { return q.add(v) }

func (q *planQueue) Decision(v plan.Decision) error { return q.add(v) }

func (q *planQueue) add(v any) error {
	if q.batch = append(q.batch, v); len(q.batch) < queueValues && q.members < queueMembers {
		return nil
	}
	return q.flush()
}

// flush puts what waits.
func (q *planQueue) flush() error {
	batch := q.batch
	q.batch, q.members = make([]any, 0, queueValues), 0
	return q.put(batch)
}

package checkpoints

import (
	"context"
	"database/sql"
	"errors"

	"ldap2scim/plan"
)

// planSink writes a plan as it is made.
type planSink struct {
	ctx                        context.Context //nolint:containedctx // lives for one SavePlan
	plan                       int64
	sent, found                int
	steps, findings, decisions *inserter
	json                       []byte
	// of and in are what the steps and the decisions have in common that wait.
	of stepShape
	in decisionShape
}

// stepShape is what many steps in a row have in common.
type stepShape struct {
	action, kind, hazard, source, wave string
}

type decisionShape struct {
	kind, class, code string
}

func newPlanSink(ctx context.Context, tx *sql.Tx, id int64) *planSink {
	return &planSink{
		ctx: ctx, plan: id,
		steps:     newInserter(tx, "steps", []string{"plan", "action", "kind", "hazard", "source", "wave", "seq", "id", "object", "name", "body"}, make([]any, 6)...),
		findings:  newInserter(tx, "findings", []string{"plan", "seq", "code", "severity", "kind", "object", "name", "sentence", "remedy", "waived"}, id),
		decisions: newInserter(tx, "decisions", []string{"plan", "kind", "class", "code", "object", "name", "remote"}, make([]any, 4)...),
	}
}

func (s *planSink) Step(v plan.Step) error {
	s.json = v.AppendJSON(s.json[:0])
	if of := (stepShape{string(v.Action), string(v.Kind), string(v.Hazard), string(v.Source()), v.Wave}); of != s.of {
		s.of = of
		if err := s.steps.share(s.ctx, s.plan, of.action, of.kind, of.hazard, of.source, of.wave); err != nil {
			return err
		}
	}
	s.sent++
	return s.steps.add(s.ctx, s.sent, string(v.ID), string(v.Object), v.Name, string(s.json))
}

func (s *planSink) Finding(v plan.Finding) error {
	s.found++
	return s.findings.add(s.ctx, s.found, string(v.Code), string(v.Severity), string(v.Kind), string(v.Object), v.Name, v.Sentence, v.Remedy, v.Waived)
}

func (s *planSink) Decision(v plan.Decision) error {
	if in := (decisionShape{string(v.Kind), string(v.Class), string(v.Code)}); in != s.in {
		s.in = in
		if err := s.decisions.share(s.ctx, s.plan, in.kind, in.class, in.code); err != nil {
			return err
		}
	}
	return s.decisions.add(s.ctx, string(v.Object), v.Name, string(v.Remote))
}

// flush writes what waits.
func (s *planSink) flush() error {
	return errors.Join(s.steps.flush(s.ctx), s.findings.flush(s.ctx), s.decisions.flush(s.ctx))
}

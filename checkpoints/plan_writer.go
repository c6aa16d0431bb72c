package checkpoints

import (
	"context"
	"database/sql"
	"errors"

	"ldap2scim/plan"
)

// planWriter writes what a plan says.
type planWriter struct {
	ctx                        context.Context //nolint:containedctx // lives for one SavePlan
	plan                       int64
	sent, found                int
	steps, findings, decisions *inserter
	encoder                    plan.StepEncoder
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

func newPlanWriter(ctx context.Context, tx *sql.Tx, id int64) *planWriter {
	return &planWriter{
		ctx: ctx, plan: id,
		steps:     newInserter(tx, "steps", []string{"plan", "action", "kind", "hazard", "source", "wave", "seq", "id", "object", "name", "body"}, make([]any, 6)...),
		findings:  newInserter(tx, "findings", []string{"plan", "seq", "code", "severity", "kind", "object", "name", "sentence", "remedy", "waived"}, id),
		decisions: newInserter(tx, "decisions", []string{"plan", "kind", "class", "code", "object", "name", "remote"}, make([]any, 4)...),
	}
}

// write takes a batch of a [planQueue].
func (w *planWriter) write(batch []any) (err error) {
	for _, v := range batch {
		switch v := v.(type) {
		case plan.Step:
			err = w.step(v)
		case plan.Finding:
			err = w.finding(v)
		case plan.Decision:
			err = w.decision(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *planWriter) step(v plan.Step) error {
	w.json = w.encoder.Append(w.json[:0], &v)
	if of := (stepShape{string(v.Action), string(v.Kind), string(v.Hazard), string(v.Source()), v.Wave}); of != w.of {
		w.of = of
		if err := w.steps.share(w.ctx, w.plan, of.action, of.kind, of.hazard, of.source, of.wave); err != nil {
			return err
		}
	}
	w.sent++
	return w.steps.add(w.ctx, w.sent, string(v.ID), string(v.Object), v.Name, string(w.json))
}

func (w *planWriter) finding(v plan.Finding) error {
	w.found++
	return w.findings.add(w.ctx, w.found, string(v.Code), string(v.Severity), string(v.Kind), string(v.Object), v.Name, v.Sentence, v.Remedy, v.Waived)
}

func (w *planWriter) decision(v plan.Decision) error {
	if in := (decisionShape{string(v.Kind), string(v.Class), string(v.Code)}); in != w.in {
		w.in = in
		if err := w.decisions.share(w.ctx, w.plan, in.kind, in.class, in.code); err != nil {
			return err
		}
	}
	return w.decisions.add(w.ctx, string(v.Object), v.Name, string(v.Remote))
}

// flush writes what waits.
func (w *planWriter) flush() error {
	return errors.Join(w.steps.flush(w.ctx), w.findings.flush(w.ctx), w.decisions.flush(w.ctx))
}

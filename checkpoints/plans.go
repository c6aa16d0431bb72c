package checkpoints

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"ldap2scim/plan"
)

// Plan is the head of a stored plan.
type Plan struct {
	ID        int64
	Made      time.Time
	Snapshot  int64
	Inventory int64
	// Tenant is the ID of the vendor's records that it was made with, or 0.
	Tenant int64
	// Settings is the digest of the configuration that the plan was made with.
	Settings plan.Digest
	Rules    plan.Rules
	Summary  plan.Summary
	// Undoes is the plan that this one undoes, and UndoesRun the run of it
	// alone, or 0.
	Undoes    int64
	UndoesRun int64
}

// SavePlan stores what decide gives to the sink. The head's Snapshot,
// Inventory, Settings, Rules and Made must be set. When decide ends with an
// error, nothing is stored.
func (f *File) SavePlan(ctx context.Context, head Plan, decide func(plan.Sink) (plan.Summary, error)) (Plan, error) {
	err := f.write(ctx, func(tx *sql.Tx) error {
		rules, err := asJSON(head.Rules)
		if err != nil {
			return err
		}
		head.ID, err = insert(ctx, tx, "INSERT INTO plans (digest, made_at, snapshot, inventory, tenant, settings, rules, summary, undoes, undoes_run) VALUES ('', ?, ?, ?, nullif(?, 0), ?, ?, '', nullif(?, 0), ?)",
			stamp(head.Made), head.Snapshot, head.Inventory, head.Tenant, string(head.Settings), rules, head.Undoes, head.UndoesRun)
		if err != nil {
			return err
		}
		to := newPlanWriter(ctx, tx, head.ID)
		err = plan.PipeLarge(func(put func([]any) error) (err error) {
			q := planQueue{put: put}
			if head.Summary, err = decide(&q); err != nil {
				return err
			}
			return q.flush()
		}, to.write)
		if err != nil {
			return err
		}
		if err := to.flush(); err != nil {
			return err
		}
		summary, err := asJSON(head.Summary)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE plans SET digest = ?, summary = ? WHERE id = ?", string(head.Summary.Digest), summary, head.ID)
		return err
	})
	if err != nil {
		return Plan{}, fmt.Errorf("save plan: %w", err)
	}
	return head, nil
}

// LastPlan returns the newest plan; the error wraps [ErrNone] when there is
// none.
func (f *File) LastPlan(ctx context.Context) (Plan, error) {
	return f.plan(ctx, "ORDER BY id DESC LIMIT 1")
}

// PlanByDigest returns the newest plan whose digest begins with prefix.
func (f *File) PlanByDigest(ctx context.Context, prefix string) (Plan, error) {
	return f.plan(ctx, "WHERE substr(digest, 1, length(?1)) = ?1 AND ?1 <> '' ORDER BY id DESC LIMIT 1", prefix)
}

func (f *File) plan(ctx context.Context, which string, args ...any) (Plan, error) {
	var p Plan
	var made, rules, summary string
	err := f.head(ctx, "plan", "SELECT id, made_at, snapshot, inventory, ifnull(tenant, 0), settings, rules, summary, ifnull(undoes, 0), undoes_run FROM plans "+which, args,
		&p.ID, &made, &p.Snapshot, &p.Inventory, &p.Tenant, &p.Settings, &rules, &summary, &p.Undoes, &p.UndoesRun)
	if err != nil {
		return Plan{}, err
	}
	if p.Made, err = parseStamp(made); err != nil {
		return Plan{}, fmt.Errorf("read plan %d: %w", p.ID, err)
	}
	if err := json.Unmarshal([]byte(rules), &p.Rules); err != nil {
		return Plan{}, fmt.Errorf("read plan %d: rules: %w", p.ID, err)
	}
	if err := json.Unmarshal([]byte(summary), &p.Summary); err != nil {
		return Plan{}, fmt.Errorf("read plan %d: summary: %w", p.ID, err)
	}
	return p, nil
}

// Steps yields a plan's steps in the order of sending.
func (f *File) Steps(ctx context.Context, planID int64) iter.Seq2[plan.Step, error] {
	return each(ctx, f, scanStep, "SELECT body FROM steps WHERE plan = ? ORDER BY seq", planID)
}

func scanStep(row scanner) (s plan.Step, err error) {
	var body string
	if err := row.Scan(&body); err != nil {
		return s, err
	}
	return readStep(body)
}

// Findings yields a plan's findings in the order in which they were made.
func (f *File) Findings(ctx context.Context, planID int64) iter.Seq2[plan.Finding, error] {
	return each(ctx, f, scanFinding, findingColumns+" WHERE plan = ? ORDER BY seq", planID)
}

const findingColumns = "SELECT code, severity, kind, object, name, sentence, remedy, waived FROM findings"

func scanFinding(row scanner) (v plan.Finding, err error) {
	return v, row.Scan(&v.Code, &v.Severity, &v.Kind, &v.Object, &v.Name, &v.Sentence, &v.Remedy, &v.Waived)
}

// Decisions yields a plan's decisions by kind and object.
func (f *File) Decisions(ctx context.Context, planID int64) iter.Seq2[plan.Decision, error] {
	return each(ctx, f, scanDecision, decisionColumns+" WHERE plan = ? ORDER BY kind, object", planID)
}

// DecisionsOf yields a plan's decisions on the objects of one kind, by object.
func (f *File) DecisionsOf(ctx context.Context, planID int64, k plan.Kind) iter.Seq2[plan.Decision, error] {
	return each(ctx, f, scanDecision, decisionColumns+" WHERE plan = ? AND kind = ? ORDER BY object", planID, string(k))
}

const decisionColumns = "SELECT kind, object, name, class, code, remote FROM decisions"

func scanDecision(row scanner) (v plan.Decision, err error) {
	var kind, object, class, code, remote string // plain ones cost less to scan
	err = row.Scan(&kind, &object, &v.Name, &class, &code, &remote)
	v.Kind, v.Object, v.Class, v.Code, v.Remote = plan.Kind(kind), plan.ExternalID(object), plan.Class(class), plan.Code(code), plan.RemoteID(remote)
	return v, err
}

// NameOf returns what a plan calls a source object, or its ID where the plan
// does not know it.
func (f *File) NameOf(ctx context.Context, planID int64) func(plan.ExternalID) string {
	return func(id plan.ExternalID) string {
		name := string(id)
		// A name is for display: what cannot be read is shown by its ID.
		_ = f.db.QueryRowContext(ctx, "SELECT name FROM decisions WHERE plan IN (?1, (SELECT undoes FROM plans WHERE id = ?1)) AND kind = 'person' AND object = ?2", planID, string(id)).Scan(&name)
		return name
	}
}

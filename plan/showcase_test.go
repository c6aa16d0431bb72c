package plan_test

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"ldap2scim/plan"
)

func seq[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// hostile are values that try to be more than text: markup, formulas, what
// turns a line around, what ends one, and what never ends.
func hostile() []string {
	return []string{
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "' onmouseover='alert(1)", "{{.Digest}}", "javascript:alert(1)", "</script><!--",
		"=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "＝1+1", `a";=1+1`, "a,b\"c",
		"\u202egpj.exe", "nul\x00byte", "\x1b[2Jclear", "bad\xff\xfeutf8", "\u2028line", strings.Repeat("long", 2500), "",
	}
}

// written is a plan that was not decided but written down, so that the views
// of it change only when the views do.
type written struct {
	plan.Summary
	findings  []plan.Finding
	steps     []plan.Step
	decisions []plan.Decision
}

func (w *written) object(k plan.Kind, id, name string, c plan.Class, code plan.Code) plan.Decision {
	d := plan.Decision{Kind: k, Object: plan.ExternalID(id), Name: name, Class: c, Code: code}
	if c != plan.ToCreate && k != plan.Unit && code == "" {
		d.Remote = plan.RemoteID("r-" + id)
	}
	w.decisions = append(w.decisions, d)
	if w.Objects[k] == nil {
		w.Objects[k] = map[plan.Class]int{}
	}
	w.Objects[k][c]++
	return d
}

func (w *written) step(d plan.Decision, s plan.Step) {
	s.Wave = plan.Rest
	if len(w.steps) < 18 {
		s.Wave = "pilot"
	}
	s.ID = plan.StepID(fmt.Sprintf("%032x", len(w.steps)+1))
	s.Kind, s.Object, s.Name, s.Remote = d.Kind, d.Object, d.Name, d.Remote
	w.steps = append(w.steps, s)
	w.Summary.Steps[s.Action]++
	if s.Hazard != "" {
		w.Hazards[s.Hazard]++
	}
}

func (w *written) find(d plan.Decision, severity plan.Severity, code plan.Code, sentence, remedy string) {
	f := plan.Finding{Code: code, Severity: severity, Kind: d.Kind, Object: d.Object, Sentence: sentence, Remedy: remedy}
	if d.Object != "" {
		f.Name = "uid=" + d.Name + ",ou=people,dc=example,dc=com"
	}
	if code == plan.BadValue {
		f.Waived = "agreed with <b>HR</b>"
	}
	w.findings = append(w.findings, f)
	w.Summary.Findings[severity]++
}

func newWritten() *written {
	return &written{Summary: plan.Summary{
		Digest: "4c43a2cd8f88b25d52ac2f5f863567fec55987b848f544365f9d310b31d2b684", Snapshot: "50a9", Rules: "27cb", Inventory: "1f3e",
		Objects: map[plan.Kind]map[plan.Class]int{}, Steps: map[plan.Action]int{}, Hazards: map[plan.Hazard]int{},
		Findings: map[plan.Severity]int{}, Unexpected: map[plan.Kind]int{plan.Person: 3},
	}}
}

// showcase has something of everything, and of some of it much.
func showcase() *written {
	w := newWritten()
	for i := range 1204 {
		w.object(plan.Person, fmt.Sprintf("s%04d", i), fmt.Sprintf("same%04d", i), plan.Unchanged, "")
	}
	var crew []plan.ExternalID
	for i := range 12 {
		id := fmt.Sprintf("c%02d", i)
		d := w.object(plan.Person, id, fmt.Sprintf("new%02d", i), plan.ToCreate, "")
		w.step(d, plan.Step{Action: plan.Create, Reason: plan.ReasonMissing, After: plan.Fields{
			plan.UserName: d.Name, plan.GivenName: "Ada", plan.FamilyName: "Lovelace", plan.WorkEmail: d.Name + "@example.com", plan.Active: "true", custom: "CC-" + id,
		}})
		crew = append(crew, d.Object)
	}
	for i, value := range hostile() {
		d := w.object(plan.Person, fmt.Sprintf("h%02d", i), value, plan.ToUpdate, "")
		w.step(d, plan.Step{Action: plan.Update, Reason: plan.ReasonFieldsDiffer, Version: `W/"1"`, Before: plan.Fields{plan.FamilyName: value, custom: "1"}, After: plan.Fields{plan.FamilyName: "Hopper", custom: value}})
		w.find(d, plan.Warn, plan.BadValue, fmt.Sprintf("costcode %q does not fit", value), "correct it")
	}
	for i := range 7 {
		d := w.object(plan.Person, fmt.Sprintf("a%02d", i), fmt.Sprintf("local%02d", i), plan.ToAdopt, "")
		w.step(d, plan.Step{Action: plan.Adopt, Reason: plan.ReasonUnowned, Hazard: plan.HazardAdopt, Before: plan.Fields{plan.GivenName: "A"}, After: plan.Fields{plan.ExternalIDPath: string(d.Object), plan.GivenName: "Ada"}})
	}
	gone := w.object(plan.Person, "d01", "left", plan.ToDeactivate, "")
	w.step(gone, plan.Step{Action: plan.Take, Reason: plan.ReasonDisabled, Hazard: plan.HazardDeactivate, Before: plan.Fields{plan.Active: "true"}, After: plan.Fields{plan.Active: "false"}})
	w.object(plan.Person, "e01", "excluded", plan.Excluded, plan.Inactive)
	for i := range 9 {
		d := w.object(plan.Person, fmt.Sprintf("b%02d", i), fmt.Sprintf("blocked%02d", i), plan.Blocked, plan.BadEmail)
		w.find(d, plan.Block, plan.BadEmail, "no email address, which is mandatory", "fill the person's email attribute in the directory")
	}
	w.groups(crew)
	w.Hazards["many-blocked"]++ // of the plan as a whole
	w.Direct, w.Flat = 13, 52
	w.Prerequisites = []plan.Prerequired{
		{Of: plan.LDAPDisabled, Standing: plan.Unknown},
		{Of: plan.IdPAttribute, Name: "costCode", Standing: plan.Attested, Attestation: &plan.Attestation{By: "<i>Grace</i>", At: time.Date(2026, 8, 19, 9, 0, 0, 0, time.UTC), Evidence: "screen.png"}},
	}
	w.Unmet = []string{"ldap-disabled"}
	w.CustomValues = map[string]plan.Comparison{"costCode": {Equal: 1190, Differs: 12, Unknown: 8}}
	w.AppleIDs = plan.AppleIDs{Kept: 1200, Changed: 2}
	w.Waves = []plan.WaveCount{{Name: "pilot", People: 20, Requests: 18}, {Name: plan.Rest, People: 1238, Requests: 32}}
	w.Estimate = plan.Estimate{Requests: w.Requests(), Seconds: 7530, Price: 0.1}
	w.find(plan.Decision{Kind: plan.Unit}, plan.Note, plan.UnitsExcluded, "1 organizational unit left out; SCIM has users and groups, but no units", "use groups where the destination's rules used units")
	slices.SortStableFunc(w.decisions, func(a, b plan.Decision) int {
		return strings.Compare(string(a.Kind)+"\x00"+string(a.Object), string(b.Kind)+"\x00"+string(b.Object))
	})
	return w
}

func (w *written) groups(crew []plan.ExternalID) {
	g := w.object(plan.Group, "g1", "Crew", plan.ToCreate, "")
	w.step(g, plan.Step{Action: plan.Create, Reason: plan.ReasonMissing, After: plan.Fields{plan.DisplayName: "Crew"}})
	old := w.object(plan.Group, "g2", "Old guard", plan.ToUpdate, "")
	for chunk := range slices.Chunk(crew, 5) {
		w.step(g, plan.Step{Action: plan.AddMembers, Reason: plan.ReasonMembersMissing, Members: chunk})
	}
	w.step(old, plan.Step{Action: plan.AddMembers, Reason: plan.ReasonMembersMissing, Members: crew[:1]})
	w.step(old, plan.Step{Action: plan.Take, Reason: plan.ReasonMembersExtra, Hazard: plan.HazardRemoveMembers, Members: []plan.ExternalID{"s0001", "h00"}})
	w.object(plan.Unit, "o1", "ou=people,dc=example,dc=com", plan.Excluded, plan.UnitsExcluded)
}

// view shows w as a state file does.
func (w *written) view() plan.View {
	at := time.Date(2026, 8, 20, 14, 2, 0, 0, time.UTC)
	names := map[plan.ExternalID]string{}
	for _, d := range w.decisions {
		names[d.Object] = d.Name
	}
	return plan.View{
		Summary: w.Summary, SnapshotTaken: at, InventoryTaken: at.Add(time.Minute), Source: "ldaps://ldap.example.com", Destination: "https://scim.example.com/v2",
		Findings: seq(w.findings), Steps: seq(w.steps), Decisions: seq(w.decisions), Rows: w.rows,
		NameOf: func(id plan.ExternalID) string { return names[id] },
	}
}

func (w *written) rows(k plan.Kind) iter.Seq2[plan.Row, error] {
	return plan.Join(
		sorted(w.decisions, func(d plan.Decision) bool { return d.Kind == k }, func(d plan.Decision) string { return string(d.Object) }),
		stably(w.steps, k, func(s plan.Step) (plan.Kind, plan.ExternalID) { return s.Kind, s.Object }),
		stably(w.findings, k, func(f plan.Finding) (plan.Kind, plan.ExternalID) { return f.Kind, f.Object }))
}

// stably yields what is about objects of one kind, in the order of their IDs.
func stably[T any](all []T, k plan.Kind, about func(T) (plan.Kind, plan.ExternalID)) iter.Seq2[T, error] {
	var some []T
	for _, v := range all {
		if kind, _ := about(v); kind == k {
			some = append(some, v)
		}
	}
	slices.SortStableFunc(some, func(a, b T) int {
		_, x := about(a)
		_, y := about(b)
		return strings.Compare(string(x), string(y))
	})
	return seq(some)
}

// TestShowcaseAddsUp: what the views are tested with is a plan.
func TestShowcaseAddsUp(t *testing.T) {
	t.Parallel()
	w := showcase()
	if got := w.Total(plan.Person) + w.Total(plan.Group) + w.Total(plan.Unit); got != len(w.decisions) || w.Requests() != len(w.steps) {
		t.Errorf("%d objects of %d, %d requests of %d", got, len(w.decisions), w.Requests(), len(w.steps))
	}
}

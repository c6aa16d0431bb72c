package scimdst

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// Answer is what a probe found of an assumption.
type Answer string

const (
	// Holds: the service does as the profile assumes.
	Holds Answer = "holds"
	// Fails: it does not.
	Fails Answer = "fails"
	// Open: it could not be asked, because something before it failed.
	Open Answer = "open"
)

// Finding is the answer to one assumption of a profile.
type Finding struct {
	// Assumption names the profile's key, or what is needed of every service.
	Assumption string
	// Assumed is what the profile says.
	Assumed string
	Answer  Answer
	// Seen is what the service did.
	Seen string
}

// ProbeReport is what a probe found.
type ProbeReport struct {
	Findings []Finding
	// LeftBehind are the paths of what the probe made and could not remove.
	LeftBehind []string
}

// Probe asks a service which of the profile's assumptions hold. It makes one
// person and one group, marked "ldap2scim-probe-", reads and changes them, and
// removes them again, even when ctx ends meanwhile. A second person comes to
// be, and is removed, only where the service takes a name twice in another
// case.
//
// Consent must be the URL of the configuration, said once more: it gives leave
// to write to this service. An error means that the probe did not begin, or
// that something is left behind, which the report names.
func Probe(ctx context.Context, c Config, consent string) (ProbeReport, error) {
	if consent == "" || strings.TrimRight(consent, "/") != strings.TrimRight(c.URL, "/") {
		return ProbeReport{}, errors.New("probe: without consent for this very URL nothing is written")
	}
	w, err := NewWriter(c)
	if err != nil {
		return ProbeReport{}, err
	}
	p := &probe{writer: w, tag: "ldap2scim-probe-" + strings.ToLower(rand.Text()[:12]), ids: map[plan.ExternalID]plan.RemoteID{}}
	p.run(ctx)
	p.clean(context.WithoutCancel(ctx))
	if len(p.report.LeftBehind) > 0 {
		return p.report, fmt.Errorf("probe: left behind and to be removed by hand: %s", strings.Join(p.report.LeftBehind, ", "))
	}
	return p.report, nil
}

// probe is one probe under way. It alone can delete, and only what it made.
type probe struct {
	writer *Writer
	tag    string
	ids    map[plan.ExternalID]plan.RemoteID
	// made are the paths of what is to be removed, in the order of making.
	made   []string
	report ProbeReport
}

func (p *probe) find(assumption, assumed string, answer Answer, seen string) {
	p.report.Findings = append(p.report.Findings, Finding{Assumption: assumption, Assumed: assumed, Answer: answer, Seen: seen})
}

// judge notes an error as a failure.
func (p *probe) judge(assumption, assumed string, err error) bool {
	if err != nil {
		p.find(assumption, assumed, Fails, err.Error())
		return false
	}
	p.find(assumption, assumed, Holds, "")
	return true
}

// create carries out a creation and remembers to remove what it made. After an
// unknown outcome it looks.
func (p *probe) create(ctx context.Context, step plan.Step) error {
	outcome, err := p.writer.Do(ctx, step, p.ids)
	if e, ok := errors.AsType[*Error](err); ok && e.Unknown() {
		seen, found, lookErr := p.writer.Look(context.WithoutCancel(ctx), step, p.ids)
		if lookErr != nil || found == plan.NotSo {
			p.report.LeftBehind = append(p.report.LeftBehind, "maybe "+step.Name)
		}
		outcome = seen
	}
	if outcome.RemoteID != "" {
		where, _ := p.writer.profile.collection(step.Kind) // it was sent, so there is one
		p.made = append(p.made, Request{Collection: where, ID: outcome.RemoteID}.Path())
		p.ids[step.Object] = outcome.RemoteID
	}
	return err
}

// clean removes what was made, the last first.
func (p *probe) clean(ctx context.Context) {
	for _, path := range slices.Backward(p.made) {
		c := call{op: "remove what the probe made", method: http.MethodDelete, path: path}
		err := p.writer.writing.send(ctx, c, func(*answer) error { return nil })
		if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound {
			err = nil
		}
		if err != nil {
			p.report.LeftBehind = append(p.report.LeftBehind, path)
		}
	}
	if len(p.made) > 0 {
		answer, seen := Holds, ""
		if len(p.report.LeftBehind) > 0 {
			answer, seen = Fails, strings.Join(p.report.LeftBehind, ", ")
		}
		p.find("remove", "what was made can be removed", answer, seen)
	}
}

// person is the marked person, with all that the profile requires.
func (p *probe) person() plan.Step {
	name := p.tag + "@example.invalid" // RFC 2606: nobody's
	known := plan.Fields{
		plan.UserName: name, plan.DisplayName: "Probe of ldap2scim", plan.GivenName: "Probe", plan.FamilyName: "ldap2scim",
		plan.Active: "true", plan.WorkEmail: name,
	}
	after := plan.Fields{}
	for _, path := range slices.Sorted(maps.Keys(known)) {
		if p.writer.profile.Takes(plan.Person, path) {
			after[path] = known[path]
		}
	}
	for _, path := range p.writer.profile.Required.Person {
		if after[path] == "" {
			after[path] = "probe"
		}
	}
	return plan.Step{Action: plan.Create, Kind: plan.Person, Object: plan.ExternalID(p.tag), Name: name, After: after}
}

func (p *probe) group() plan.Step {
	name := p.tag + "-group"
	return plan.Step{
		Action: plan.Create, Kind: plan.Group, Object: plan.ExternalID(name), Name: name, After: plan.Fields{plan.DisplayName: name},
	}
}

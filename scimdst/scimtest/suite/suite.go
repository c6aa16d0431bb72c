package suite

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// Options say what is known of the service.
type Options struct {
	// Deviations maps the name of a check, as go test shows it, to the reason
	// why this service does not pass it.
	Deviations map[string]string
}

// Run holds the service at cfg against each check, as a subtest each.
func Run(t *testing.T, cfg scimdst.Config, opts Options) {
	t.Helper()
	for name := range opts.Deviations {
		if !slices.ContainsFunc(checks(), func(c check) bool { return c.name == name }) {
			t.Errorf("a deviation is declared for %q, and there is no such check", name)
		}
	}
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			s, err := newSubject(cfg)
			if err != nil {
				t.Fatal(err)
			}
			err = c.run(t.Context(), s)
			reason, deviates := opts.Deviations[c.name]
			switch {
			case deviates && err == nil:
				t.Errorf("the service is declared to deviate (%s), and does not", reason)
			case deviates:
				t.Logf("deviates as declared (%s): %v", reason, err)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// Checks returns the names of the checks, in order.
func Checks() []string {
	var names []string
	for _, c := range checks() {
		names = append(names, c.name)
	}
	return names
}

// check is one demand on a service.
type check struct {
	name string
	run  func(context.Context, *subject) error
}

// subject is the service as one check sees it.
type subject struct {
	cfg    scimdst.Config
	writer *scimdst.Writer
	// tag makes names that nobody has yet.
	tag string
	ids map[plan.ExternalID]plan.RemoteID
}

func newSubject(cfg scimdst.Config) (*subject, error) {
	w, err := scimdst.NewWriter(cfg)
	if err != nil {
		return nil, err
	}
	return &subject{
		cfg: cfg, writer: w, tag: strings.ToLower(rand.Text()[:10]),
		ids: map[plan.ExternalID]plan.RemoteID{},
	}, nil
}

// person is a step that creates somebody new. More fields go on top.
func (s *subject) person(name string, more plan.Fields) plan.Step {
	after := plan.Fields{
		plan.UserName: "suite-" + s.tag + "-" + name + "@example.com", plan.DisplayName: "Suite " + name,
		plan.GivenName: "Suite", plan.FamilyName: name, plan.Active: "true",
		plan.WorkEmail: "suite-" + s.tag + "-" + name + "@example.com",
	}
	for path, text := range more {
		after[path] = text
	}
	return plan.Step{
		Action: plan.Create, Kind: plan.Person, Object: plan.ExternalID(uuid.NewString()),
		Name: after[plan.UserName], After: after,
	}
}

func (s *subject) group(name string) plan.Step {
	name = "Suite " + s.tag + " " + name
	return plan.Step{
		Action: plan.Create, Kind: plan.Group, Object: plan.ExternalID(uuid.NewString()),
		Name: name, After: plan.Fields{plan.DisplayName: name},
	}
}

// do carries out a step and keeps the id of what it made.
func (s *subject) do(ctx context.Context, step plan.Step) error {
	out, err := s.writer.Do(ctx, step, s.ids)
	if err != nil {
		return err
	}
	if out.RemoteID == "" {
		return fmt.Errorf("%s %s: there is no id", step.Action.Word(), step.Name)
	}
	s.ids[step.Object] = out.RemoteID
	return nil
}

// change makes the step that takes an object from its fields to others.
func (s *subject) change(made plan.Step, after plan.Fields) plan.Step {
	before := plan.Fields{}
	for path := range after {
		if text, had := made.After[path]; had {
			before[path] = text
		}
	}
	return plan.Step{
		Action: plan.Update, Kind: made.Kind, Object: made.Object, Name: made.Name, Before: before, After: after,
	}
}

// mustBeSo reads the object of a step and holds it against the step.
func (s *subject) mustBeSo(ctx context.Context, step plan.Step) error {
	out, found, err := s.writer.Look(ctx, step, s.ids)
	if err != nil {
		return err
	}
	if found != plan.AlreadySo {
		return fmt.Errorf("look at %s %s: got %d, want AlreadySo", step.Action.Word(), step.Name, found)
	}
	if want := s.ids[step.Object]; want != "" && out.RemoteID != want {
		return fmt.Errorf("look at %s: the id is %q, want %q", step.Name, out.RemoteID, want)
	}
	return nil
}

// mustRefuse does the step and wants it refused with the status.
func (s *subject) mustRefuse(ctx context.Context, step plan.Step, status int) error {
	_, err := s.writer.Do(ctx, step, s.ids)
	return wantStatus(err, status)
}

func wantStatus(err error, status int) error {
	var e *scimdst.Error
	if !errors.As(err, &e) || e.Status != status {
		return fmt.Errorf("got %v, want status %d %s", err, status, http.StatusText(status))
	}
	return nil
}

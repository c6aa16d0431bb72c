package scimdst_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

const (
	token   = "s3cret-t0ken"
	scim    = "application/scim+json"
	adaID   = "uuid-of-ada"
	adaName = "ada@example.com"
)

// start runs the in-process service and a client for it.
func start(t *testing.T, o scimtest.Options) (*scimtest.Server, *scimdst.Writer) {
	t.Helper()
	o.Token = token
	s, err := scimtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, writer(t, config(s.URL))
}

// handle runs a service that is nothing but one handler.
func handle(t *testing.T, h http.HandlerFunc) *scimdst.Writer {
	t.Helper()
	return writer(t, config(handleURL(t, h)))
}

func handleURL(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// always answers every request alike.
func always(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func config(url string) scimdst.Config {
	return scimdst.Config{URL: url, Token: func() (string, error) { return token, nil }}
}

func writer(t *testing.T, c scimdst.Config) *scimdst.Writer {
	t.Helper()
	w, err := scimdst.NewWriter(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func person(object plan.ExternalID, name string) plan.Step {
	return plan.Step{
		Action: plan.Create, Kind: plan.Person, Object: object, Name: name,
		After: plan.Fields{plan.UserName: name, plan.Active: "true"},
	}
}

func ada() plan.Step { return person(adaID, adaName) }

func group(object plan.ExternalID, name string) plan.Step {
	return plan.Step{
		Action: plan.Create, Kind: plan.Group, Object: object, Name: name,
		After: plan.Fields{plan.DisplayName: name},
	}
}

// update is a change of one field of somebody who is there.
func update(remote plan.RemoteID, path, before, after string) plan.Step {
	s := plan.Step{
		Action: plan.Update, Kind: plan.Person, Object: adaID, Name: adaName, Remote: remote,
		Before: plan.Fields{}, After: plan.Fields{path: after},
	}
	if before != "" {
		s.Before[path] = before
	}
	return s
}

// create carries out creations and returns the ids.
func create(t *testing.T, w *scimdst.Writer, steps ...plan.Step) map[plan.ExternalID]plan.RemoteID {
	t.Helper()
	ids := map[plan.ExternalID]plan.RemoteID{}
	for _, s := range steps {
		out, err := w.Do(t.Context(), s, nil)
		if err != nil {
			t.Fatal(err)
		}
		ids[s.Object] = out.RemoteID
	}
	return ids
}

// list returns what is listed, in the order of the service, and the search.
func list(t *testing.T, r *scimdst.Reader, kind plan.Kind) ([]plan.Resource, plan.Search) {
	t.Helper()
	var got []plan.Resource
	search, err := r.List(t.Context(), kind, func(p plan.Resource) error {
		got = append(got, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, search
}

// posts counts the creations that the service was asked for.
func posts(s *scimtest.Server) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Method == http.MethodPost {
			n++
		}
	}
	return n
}

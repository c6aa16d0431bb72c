package entra

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ldap2scim/plan"
)

// scripted answers by the beginning of the path; the longest counts.
type scripted map[string]string

func (s scripted) Send(_ context.Context, r Request) (Answer, error) {
	best := ""
	for prefix := range s {
		if strings.HasPrefix(r.Path, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	if best == "" {
		return Answer{}, &Error{Method: r.Method, Path: r.Path, Status: http.StatusNotFound}
	}
	return Answer{Body: []byte(s[best])}, nil
}

// TestQuotasOfTheirOwn: provisioning on demand and the provisioning log are
// asked for as Microsoft allows it, five times in ten seconds, and writes as
// configured, those that go at once included.
func TestQuotasOfTheirOwn(t *testing.T) {
	t.Parallel()
	ids := map[plan.ExternalID]plan.RemoteID{Principal: "sp", Job: "j", Schema: "rule", "p": "u"}
	for name, tt := range map[string]struct {
		do          func(context.Context) error
		least, most time.Duration
	}{
		"on demand": {func(ctx context.Context) error {
			w := NewWriter(scripted{"/servicePrincipals/sp/synchronization/jobs/j/provisionOnDemand": `{"key":"{\"result\":\"Success\"}","value":"[]"}`}, Config{})
			for range 6 {
				if _, err := w.Do(ctx, plan.Step{Action: plan.Try, Kind: plan.Setting, Object: Canary, Members: []plan.ExternalID{"p"}}, ids); err != nil {
					return err
				}
			}
			return nil
		}, 10 * time.Second, 10 * time.Second},
		"the log": {func(ctx context.Context) error {
			log := scripted{
				"/applications?": `{"value":[{"id":"a","appId":"i","applicationTemplateId":"` + Template + `"}]}`, "/applications/a/extensionProperties": `{"value":[]}`,
				"/servicePrincipals?": `{"value":[{"id":"sp"}]}`, "/servicePrincipals/sp/synchronization/jobs": `{"value":[{"id":"j","templateId":"scim","schedule":{"state":"Active"}}]}`,
				"/auditLogs/provisioning": `{"value":[],"@odata.nextLink":"/page2"}`, "/page6": `{"value":[]}`,
			}
			for n := 2; n < 6; n++ {
				log[fmt.Sprint("/page", n)] = fmt.Sprintf(`{"value":[],"@odata.nextLink":"/page%d"}`, n+1)
			}
			_, err := NewReader(log, Config{}, plan.Rules{}, Directory{}, Patience{}).Provisioned(ctx)
			return err
		}, 10 * time.Second, 10 * time.Second},
		"writes": {func(ctx context.Context) error {
			w := NewWriter(scripted{"/users": ""}, Config{})
			for range 3000 {
				if _, err := w.send(ctx, Request{Method: http.MethodPatch, Path: "/users/u"}); err != nil {
					return err
				}
			}
			return nil
		}, 149 * time.Second, 151 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				if err := tt.do(t.Context()); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took < tt.least || took > tt.most {
					t.Errorf("it took %s, want %s to %s", took, tt.least, tt.most)
				}
			})
		})
	}
}

// TestTwenties: members are added by twenties, twenty requests in a batch at
// most, and taken away one by one.
func TestTwenties(t *testing.T) {
	t.Parallel()
	members := make([]plan.ExternalID, MembersPerRequest)
	for i := range members {
		members[i] = plan.ExternalID(fmt.Sprint("p", i))
	}
	added, err := Config{}.RequestsOf(plan.Step{Action: plan.AddMembers, Kind: plan.Group, Object: "g", Members: members}, nil)
	if err != nil || len(added) != batchMost {
		t.Fatalf("%d requests, %v", len(added), err)
	}
	for _, r := range added {
		if n := strings.Count(string(r.Body), "/directoryObjects/"); r.Method != http.MethodPatch || n != bindMost {
			t.Errorf("%s with %d members", r.Method, n)
		}
	}
	taken, err := Config{}.RequestsOf(plan.Step{Action: plan.Take, Kind: plan.Group, Object: "g", Members: members[:2]}, nil)
	if err != nil || len(taken) != 2 || taken[0].Method != http.MethodDelete {
		t.Errorf("%+v, %v", taken, err)
	}
}

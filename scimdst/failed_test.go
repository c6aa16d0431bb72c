package scimdst_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"ldap2scim/plan"
	"ldap2scim/scimdst"
)

// TestFailure puts what services answer into one of few words.
func TestFailure(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status         int
		scimType, said string
		want           plan.Failure
	}{
		"the name is another's":       {409, "uniqueness", "no", plan.FailedTaken},
		"the same, without the type":  {400, "", "userName already exists", plan.FailedTaken},
		"an email":                    {400, "invalidValue", "emails.value is not deliverable", plan.FailedEmail},
		"another value":               {400, "invalidValue", "department is too long", plan.FailedValue},
		"a value, by status":          {422, "", "no", plan.FailedValue},
		"too large":                   {413, "", "no", plan.FailedTooLarge},
		"not allowed":                 {403, "", "no", plan.FailedDenied},
		"changed by somebody else":    {412, "", "no", plan.FailedDrifted},
		"gone":                        {404, "", "no", plan.FailedGone},
		"down":                        {503, "", "no", plan.FailedUnavailable},
		"unknown, after its effect":   {500, "", "email service is down", plan.FailedUnavailable},
		"throttled until the end":     {429, "", "no", plan.FailedUnavailable},
		"whatever else":               {400, "", "no", plan.FailedRefused},
		"said yes to something else":  {200, "", "", plan.FailedNotTaken},
		"a redirection is no answer":  {302, "", "no", plan.FailedRefused},
		"the token was never any use": {401, "", "no", plan.FailedDenied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"scimType":%q,"detail":%q}`, tc.scimType, tc.said)
			if tc.status == http.StatusOK {
				body = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"x","title":"Mr."}`
			}
			_, err := handle(t, always(tc.status, scim, body)).Do(t.Context(), update("1", "title", "", "Dr."), nil)
			e, ok := errors.AsType[*scimdst.Error](err)
			if !ok || e.Failure() != tc.want || e.Said() != tc.said {
				t.Errorf("%v is %q, said %q, want %q", err, e.Failure(), e.Said(), tc.want)
			}
		})
	}
}

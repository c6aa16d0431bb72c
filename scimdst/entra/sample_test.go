package entra

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

// recorded answers everything with one document.
type recorded []byte

func (r recorded) Send(context.Context, Request) (Answer, error) { return Answer{Body: r}, nil }

// TestBatchSample reads the documented answer: in any order, each with its own
// status, and one that asks to wait.
func TestBatchSample(t *testing.T) {
	t.Parallel()
	requests := make([]Request, 6)
	for i := range requests {
		requests[i] = Request{Method: http.MethodPost, Path: "/x"}
	}
	bodies, errs, err := sendBatch(t.Context(), recorded(sample(t, "batch.json")), requests)
	if err != nil {
		t.Fatal(err)
	}
	status := func(i int) *Error {
		e, _ := errors.AsType[*Error](errs[i])
		return e
	}
	if errs[0] != nil || errs[1] != nil || errs[3] != nil || len(bodies[1]) == 0 {
		t.Errorf("errors %v", errs)
	}
	if e := status(2); e == nil || e.Status != http.StatusUnauthorized || e.Code != "Forbidden" || e.Temporary() {
		t.Errorf("the third: %v", errs[2])
	}
	if e := status(4); e == nil || !e.Throttled() || e.Wait != 7*time.Second {
		t.Errorf("the fifth: %v", errs[4])
	}
	if e := status(5); e == nil || !e.Temporary() || !e.Unknown() {
		t.Errorf("the sixth has no answer: %v", errs[5])
	}
}

// TestPermissionOf: each request finds the permission that it needs.
func TestPermissionOf(t *testing.T) {
	t.Parallel()
	for request, want := range map[[2]string]string{
		{"GET", "/users"}: "User.Read.All", {"PATCH", "/users/1"}: "User.ReadWrite.All", {"GET", "/servicePrincipals/1"}: "Application.Read.All",
		{"PUT", "/servicePrincipals/1/synchronization/secrets"}: "Application.ReadWrite.OwnedBy",
		{"GET", "/servicePrincipals/1/synchronization/jobs"}:    "Synchronization.Read.All",
		{"POST", "/servicePrincipals/1/appRoleAssignedTo"}:      "AppRoleAssignment.ReadWrite.All", {"GET", "/nothing"}: "",
	} {
		if got := needed(request[0], request[1]); got != want {
			t.Errorf("%v needs %q, want %q", request, got, want)
		}
	}
	if len(Missing(permissions(), []string{"Directory.ReadWrite.All", "Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "AuditLog.Read.All", "Synchronization.ReadWrite.All"})) != 0 {
		t.Error("permissions that suffice as well are not taken")
	}
	if got := Granted("opaque"); got != nil {
		t.Errorf("an opaque token grants %v", got)
	}
}

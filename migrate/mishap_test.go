package migrate_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"ldap2scim/migrate"
	"ldap2scim/plan"
	"ldap2scim/scimdst/scimtest"
)

// TestTokenRenewedInMidRun: the token expires in the middle of a run; the run
// waits, finds another one, and goes on with it.
func TestTokenRenewedInMidRun(t *testing.T) {
	t.Parallel()
	var good, held atomic.Value
	good.Store("first")
	held.Store("first")
	w := newWorldOf(t, staff(12, 2), scimtest.Options{Accept: func(token string) bool { return token == good.Load() }})
	w.config.Token = func() (string, error) { return held.Load().(string), nil }
	w.strangers()
	f := w.open()
	p := w.planned(f)
	a := w.apply(f, w.writer())
	a.Retry.Budget, a.Retry.Grace, a.Concurrency = time.Hour, time.Hour, 4
	sent, refused := 0, 0
	a.Observe = func(e migrate.Event) {
		switch e.(type) {
		case migrate.Answered:
			if sent++; sent == 6 {
				good.Store("second") // and the first has expired
			}
		case migrate.Waiting:
			if refused++; refused == 5 {
				held.Store("second")
			}
		}
	}
	before := len(w.service.Requests())
	if res, err := a.Run(t.Context(), p); err != nil || res.Done != p.Summary.Requests() {
		t.Fatalf("%+v, %v", res, err)
	}
	// Those that were under way, and one at a time after that.
	if n, most := len(w.service.Requests())-before, listing+p.Summary.Requests()+4+refused; n > most || refused < 5 {
		t.Errorf("%d requests and %d waits, want at most %d", n, refused, most)
	}
	w.settled(f, p)
}

// TestPatchTakesAll: a service that takes all members from a group when one is
// to be taken. What is lost is seen at once, is a failure with a reason, and a
// new plan puts them back.
func TestPatchTakesAll(t *testing.T) {
	t.Parallel()
	w := newWorldOf(t, staff(12, 2), scimtest.Options{Quirks: []scimtest.Quirk{scimtest.RemoveAll}})
	w.strangers()
	f := w.open()
	if _, err := w.apply(f, w.writer()).Run(t.Context(), w.planned(f)); err != nil {
		t.Fatal(err)
	}
	group := slices.IndexFunc(w.source.entries, func(e plan.Entry) bool { return e.Kind == plan.Group })
	w.source.entries[group].Members = w.source.entries[group].Members[1:]
	p := w.planned(f)
	a := w.apply(f, w.writer())
	a.Allow = plan.Hazards()
	res, err := a.Run(t.Context(), p)
	if err != nil || res.Failed != 1 {
		t.Fatalf("%+v, %v", res, err)
	}
	if r := w.report(f, p); r.Settled {
		t.Errorf("report: %s", r.Sentence)
	}
	p = w.replanned(f)
	if _, err := w.apply(f, w.writer()).Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	w.settled(f, p)
}

// TestTroubleOfEveryKind lets every fourth request or so meet one of many
// troubles, as LDAP2SCIM_SEED chooses.
func TestTroubleOfEveryKind(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	for i := range uint64(5) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			troubleOfEveryKind(t, rand.New(rand.NewPCG(seed, i)))
		})
	}
}

// seedOf is LDAP2SCIM_SEED, or another one each time. It is logged.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("LDAP2SCIM_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("LDAP2SCIM_SEED: %v", err)
		}
	}
	t.Logf("LDAP2SCIM_SEED=%d chooses the same troubles again", seed)
	return seed
}

// troubleOfEveryKind makes one migration. Run again until it is done, its end is
// the same as without any trouble, and nothing has failed.
func troubleOfEveryKind(t *testing.T, random *rand.Rand) {
	w := newWorld(t, staff(40, 3))
	w.strangers()
	f := w.open()
	p := w.planned(f)
	patience := w.config.Timeout
	w.config.Timeout = 500 * time.Millisecond
	hurried := w.writer()
	w.config.Timeout = patience
	met := 0
	for _, fault := range []scimtest.Fault{
		{Trouble: scimtest.StatusBefore, Status: 500},
		{Trouble: scimtest.StatusBefore, Status: 429, Header: http.Header{"Retry-After": {"0.01"}}},
		{Trouble: scimtest.StatusAfter, Status: 503},
		{Trouble: scimtest.CutBefore},
		{Trouble: scimtest.CutAfter},
		{Trouble: scimtest.Truncate},
		{Trouble: scimtest.HangAfter},
		{Trouble: scimtest.Twice},
		{Trouble: scimtest.HTMLPage},
	} {
		fault.Times = -1
		fault.Match = func(*http.Request) bool { // the service asks one at a time
			strikes := random.IntN(36) == 0
			if strikes {
				met++
			}
			return strikes
		}
		w.service.Inject(fault)
	}
	before := len(w.service.Requests())
	a := w.apply(f, hurried)
	a.Lister, a.Concurrency = nil, 1+random.IntN(8)
	for open, runs := 1, 1; open > 0; runs++ {
		res, err := a.Run(t.Context(), p)
		// The breaker may open, and nobody waits here.
		if err != nil && !errors.Is(err, migrate.ErrDown) || res.Failed > 0 || runs > 50 {
			t.Fatalf("run %d: %+v, %v, %+v", runs, res, err, w.failures(f, p))
		}
		open = res.Left + res.Unknown
	}
	w.service.Heal()
	if n, most := len(w.service.Requests())-before, p.Summary.Requests()+7*met; n > most {
		t.Errorf("%d requests, of which %d met trouble, want at most %d", n, met, most)
	}
	w.settled(f, p)
}

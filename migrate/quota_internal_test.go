package migrate

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"ldap2scim/plan"
)

// answer is an error with all that a destination can say of it.
type answer struct {
	temporary, throttled, unknown, denied, forbidden bool
	after                                            time.Duration
}

func (e *answer) Error() string             { return fmt.Sprintf("answer %+v", *e) }
func (e *answer) Temporary() bool           { return e.temporary }
func (e *answer) Throttled() bool           { return e.throttled }
func (e *answer) Unknown() bool             { return e.unknown }
func (e *answer) AccessDenied() bool        { return e.denied }
func (e *answer) Forbidden() bool           { return e.forbidden }
func (e *answer) RetryAfter() time.Duration { return e.after }

// quotaOf says whether one more request is within a quota, and if not when it
// would be.
type quotaOf func(now time.Time) (ok bool, after time.Duration)

// bucket lets burst through at once and n a second.
func bucket(n, burst int) quotaOf {
	l := rate.NewLimiter(rate.Limit(n), burst)
	return func(now time.Time) (bool, time.Duration) { return l.AllowN(now, 1), time.Second }
}

// fixed lets n through in each period from the whole hour on.
func fixed(n int, per time.Duration) quotaOf {
	used, period := 0, time.Time{}
	return func(now time.Time) (bool, time.Duration) {
		if p := now.Truncate(per); !p.Equal(period) {
			period, used = p, 0
		}
		if used >= n {
			return false, period.Add(per).Sub(now)
		}
		used++
		return true, 0
	}
}

// sliding lets n through in any stretch of this length.
func sliding(n int, per time.Duration) quotaOf {
	var log []time.Time
	return func(now time.Time) (bool, time.Duration) {
		for len(log) > 0 && now.Sub(log[0]) >= per {
			log = log[1:]
		}
		if len(log) >= n {
			return false, log[0].Add(per).Sub(now)
		}
		log = append(log, now)
		return true, 0
	}
}

// limited is a destination with a quota and a latency.
type limited struct {
	mu             sync.Mutex
	quota          quotaOf
	hints          bool
	latency        time.Duration
	taken, refused int
}

func (l *limited) do() error {
	<-time.After(l.latency / 2) // in synctest's own time
	err := l.ask()
	<-time.After(l.latency / 2)
	return err
}

func (l *limited) ask() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok, after := l.quota(time.Now())
	if ok {
		l.taken++
		return nil
	}
	l.refused++
	e := &answer{temporary: true, throttled: true}
	if l.hints {
		e.after = max(after.Round(time.Second), time.Second) // as the header has it
	}
	return e
}

// counts returns how many were taken and refused since the last call.
func (l *limited) counts() (taken, refused int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken, refused, l.taken, l.refused = l.taken, l.refused, 0, 0
	return taken, refused
}

// load sends steps without end, as a crew does, until the function that it
// returns is called.
func load(t *testing.T, r *running, do func() error) (end func()) {
	t.Helper()
	todo, done, stop := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for range max(r.Concurrency, 2) {
		all.Go(func() {
			for range todo {
				if _, _, err := r.persist(t.Context(), plan.Step{}, do); err != nil {
					t.Error(err)
				}
				done <- struct{}{}
			}
		})
	}
	all.Go(func() {
		defer close(todo)
		for busy := 0; ; {
			out := todo
			if busy >= r.gate.places() {
				out = nil
			}
			select {
			case out <- struct{}{}:
				busy++
			case <-done:
				busy--
			case <-stop:
				for range busy {
					<-done
				}
				return
			}
		}
	})
	return func() { close(stop); all.Wait() }
}

func runningWith(most int) *running {
	r := &running{Apply: Apply{Concurrency: most, Observe: func(Event) {}, Retry: Retry{}.withDefaults()}}
	r.gate = newGate(most, r.Retry, r.Observe)
	return r
}

// TestUnknownQuota: a quota of which nothing is said is found and held, however
// the destination counts, and few requests are refused meanwhile.
func TestUnknownQuota(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		quota     quotaOf
		perSecond float64
		hints     bool
		find      time.Duration
	}{
		"20 a second":               {bucket(20, 1), 20, true, 3 * time.Minute},
		"20 a second, no hints":     {bucket(20, 1), 20, false, 3 * time.Minute},
		"20 a second, 100 in store": {bucket(20, 100), 20, true, 3 * time.Minute},
		"20 in each second":         {fixed(20, time.Second), 20, false, 3 * time.Minute},
		"20 in any second":          {sliding(20, time.Second), 20, true, 3 * time.Minute},
		"500 a second":              {bucket(500, 10), 500, true, 2 * time.Minute},
		"500 in any second":         {sliding(500, time.Second), 500, false, 2 * time.Minute},
		"1200 in each minute":       {fixed(1200, time.Minute), 20, true, 10 * time.Minute},
		"1200 in any minute":        {sliding(1200, time.Minute), 20, true, 10 * time.Minute},
		"300 in any ten seconds":    {sliding(300, 10*time.Second), 30, true, 5 * time.Minute},
		"the same, and no hints":    {sliding(300, 10*time.Second), 30, false, 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &limited{quota: tt.quota, hints: tt.hints, latency: 30 * time.Millisecond}
				end := load(t, runningWith(64), l.do)
				<-time.After(tt.find) // in synctest's own time
				l.counts()
				<-time.After(tt.find)
				took, refused := l.counts()
				end()
				share, no := float64(took)/tt.perSecond/tt.find.Seconds(), float64(refused)/float64(took+refused)
				if t.Logf("held %.3f of the quota, %.4f refused", share, no); share < 0.9 || no > 0.02 {
					t.Error("that is too little, or too many")
				}
			})
		})
	}
}

// keeping is a way to a destination that keeps a rate.
func keeping(perSecond int, do func() error) func() error {
	var mu sync.Mutex
	l := rate.NewLimiter(rate.Limit(perSecond), 1)
	return func() error {
		mu.Lock()
		wait := l.Reserve().Delay()
		mu.Unlock()
		<-time.After(wait) // in synctest's own time
		return do()
	}
}

// TestRefusedWithinKnownQuota: where the quota is known, one refusal costs the
// time that it asks for, for everybody, and no more.
func TestRefusedWithinKnownQuota(t *testing.T) {
	t.Parallel()
	const perSecond, minutes, asked = 20, 5, 3 * time.Second
	for known, atLeast := range map[bool]float64{true: 0.99, false: 0} {
		synctest.Test(t, func(t *testing.T) {
			r := runningWith(8)
			r.gate.pace.known = known
			var mu sync.Mutex
			begin, taken, until := time.Now(), 0, time.Time{}
			end := load(t, r, keeping(perSecond, func() error {
				<-time.After(30 * time.Millisecond) // in synctest's own time
				mu.Lock()
				defer mu.Unlock()
				now := time.Now()
				if until.IsZero() && now.Sub(begin) > time.Minute {
					until = now.Add(asked)
					return &answer{temporary: true, throttled: true, after: asked}
				}
				// What was under way when it was refused may still come.
				if now.Before(until) && now.After(until.Add(time.Second-asked)) {
					t.Errorf("a request %s before it was asked for", until.Sub(now))
				}
				taken++
				return nil
			}))
			<-time.After(minutes * time.Minute) // in synctest's own time
			end()
			share := float64(taken) / perSecond / (minutes*time.Minute - asked).Seconds()
			if t.Logf("known %t: %.3f of the quota", known, share); share < atLeast || share > 1.01 {
				t.Error("that is too little, or too much")
			}
			if (r.gate.pace.learnt == 0) != known {
				t.Errorf("known %t: learnt %.1f a second", known, r.gate.pace.learnt)
			}
		})
	}
}

// TestWrongKnownQuota: a quota that is less than what is known of it is found.
func TestWrongKnownQuota(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &limited{quota: bucket(20, 20), hints: true, latency: 30 * time.Millisecond}
		r := runningWith(8)
		r.gate.pace.known = true
		end := load(t, r, keeping(40, l.do))
		<-time.After(5 * time.Minute) // in synctest's own time
		l.counts()
		<-time.After(5 * time.Minute)
		taken, refused := l.counts()
		end()
		share, no := float64(taken)/20/300, float64(refused)/float64(taken+refused)
		if t.Logf("held %.3f of the quota, %.4f refused", share, no); share < 0.85 || no > 0.03 {
			t.Error("that is too little, or too many")
		}
	})
}

package migrate

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

const (
	// epoch is how long refusals are those of one and the same trouble: what
	// was under way together says it once.
	epoch = time.Second
	// less is the most that a refusal leaves of the rate at which it came.
	less = 0.97
	// parole is how long after a refusal another one counts, where a quota is
	// known.
	parole = time.Minute
	// raise is how much of the rate is added in the first second after a
	// refusal, and gentle how many seconds that stays small.
	raise, gentle = 0.0003, 10.0
)

// pace learns how many requests a second a destination takes that does not say
// so: nothing is held back until it refuses for the number of requests. Then
// the rate goes half of the way (of the ratio) down to what the destination has
// really taken on the average since the refusal before, by 3 % at least, and up
// again with each second, the faster the longer nothing was refused, and the
// slower the longer the last refusal held everybody up. So it comes near to
// token buckets as well as to windows, and costs little time when it is there.
// Where a quota is known, it is kept on the way to the destination, and a refusal
// is believed to be about something else, such as what others send: everybody
// waits as it asks, and the rate is what it was. Only when another comes soon
// after that, the known quota is wrong, and the true one is learnt.
// It is not safe for concurrent use; the gate holds it.
type pace struct {
	limiter *rate.Limiter
	known   bool      // the quota is
	excused time.Time // when it was refused last, where it is
	doubted bool      // and another came soon after that
	most    float64   // that the operator allows; 0: any
	learnt  float64   // 0: nothing is known

	cut     time.Time // when it was refused last, and not for the same trouble
	taken   int       // since cut
	before  int       // between the cut before and cut
	held    time.Duration
	offered float64       // requests that the rate has allowed since cut
	counted time.Time     // until when
	cost    time.Duration // of the last trouble: how long nothing was taken
	blocked time.Time     // since when nothing was; zero when something was since
	raised  time.Time
}

func newPace(now time.Time) pace {
	return pace{limiter: rate.NewLimiter(rate.Inf, 1), cut: now}
}

// wait takes the next turn and says how long it is until then.
func (p *pace) wait(now time.Time) time.Duration {
	return p.limiter.ReserveN(now, 1).DelayFrom(now)
}

// allow is what the operator says: the most requests a second, 0 for any.
func (p *pace) allow(now time.Time, most float64) {
	p.most = most
	p.set(now)
}

func (p *pace) set(now time.Time) {
	limit := rate.Inf
	if p.learnt > 0 {
		limit = rate.Limit(p.learnt)
	}
	if p.most > 0 {
		limit = min(limit, rate.Limit(p.most))
	}
	p.limiter.SetLimitAt(now, limit)
}

// good: a request was taken.
func (p *pace) good(now time.Time) {
	p.taken++
	if !p.blocked.IsZero() {
		p.cost = now.Sub(p.blocked)
		p.held += p.cost
		p.blocked = time.Time{}
	}
	if p.learnt == 0 {
		return
	}
	p.offer(now)
	// A rate that is not used says nothing.
	if used := p.used(now); p.learnt < 2*used {
		unit := max(p.cost/3, epoch).Seconds()
		share := raise / unit * math.Exp2(math.Pow(now.Sub(p.cut).Seconds()/unit/gentle, 1.5))
		p.learnt *= 1 + min(share, 1)*min(now.Sub(p.raised), epoch).Seconds()
	}
	p.raised = now
	p.set(now)
}

// offer counts what the rate has allowed since it was counted last.
func (p *pace) offer(now time.Time) {
	p.offered += p.learnt * now.Sub(p.counted).Seconds()
	p.counted = now
}

// used is the rate at which requests were taken since the last cut, but for
// the time in which none was.
func (p *pace) used(now time.Time) float64 {
	return float64(p.taken) / max(now.Sub(p.cut)-p.held, epoch/20).Seconds()
}

// refused: a request was refused for the number of requests. It says whether
// that is the beginning of a trouble.
func (p *pace) refused(now time.Time) bool {
	begins := p.blocked.IsZero()
	if begins {
		p.blocked = now
	}
	if p.known && p.excuses(now, begins) {
		return false
	}
	since := now.Sub(p.cut)
	if p.taken == 0 || p.learnt > 0 && since < epoch || p.taken < p.before/10 {
		return false
	}
	at := p.learnt
	if at == 0 {
		at = p.used(now)
		p.offered, p.counted = at*max(since-p.held, epoch/20).Seconds(), now
	}
	p.offer(now)
	p.learnt = max(at*min(less, math.Sqrt(float64(p.taken)/p.offered)), 0.1)
	p.cut, p.raised, p.before, p.taken, p.held, p.offered = now, now, p.taken, 0, 0, 0
	p.set(now)
	return true
}

// excuses tells whether a refusal is no reason to believe that the known quota
// is wrong. Begins says that something was taken since the one before.
func (p *pace) excuses(now time.Time, begins bool) bool {
	if begins && now.Sub(p.excused) > epoch { // what was under way together says it once
		p.doubted = !p.excused.IsZero() && p.blocked.Sub(p.excused) < parole
		p.excused = now
	}
	return !p.doubted
}

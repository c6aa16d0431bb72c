package ivanti

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ldap2scim/plan"
)

// Kinds of evidence.
const (
	auditTrail    = "audit-trail"
	accountCounts = "account-counts"
	canary        = "canary"
	probe         = "unsupported-probe"
)

// evidence of the one prerequisite that all of this is about.
func evidence(kind string, b plan.Bearing, at, seen time.Time, format string, args ...any) plan.Evidence {
	return plan.Evidence{Of: plan.LDAPDisabled, Kind: kind, Bearing: b, At: at.UTC(), Seen: seen.UTC(), Sentence: fmt.Sprintf(format, args...)}
}

// server is what a trail shows of one LDAP server.
type server struct {
	name           string
	synced, edited time.Time // the last time
	started        []time.Time
	enabled        *bool // what the last edit says
}

// JudgeTrail says what an audit trail shows of the LDAP servers in it. It
// proves that they are disabled when each was edited, and after that no sync
// began for more than twice the interval, although the trail goes on and has
// shown syncs before. The interval is the larger of the one that is given and
// the one that the trail shows. Events may come in any order.
func JudgeTrail(events []Event, interval time.Duration, seen time.Time) plan.Evidence {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b Event) int { return a.At.Compare(b.At) })
	if len(events) == 0 {
		return evidence(auditTrail, plan.Inconclusive, seen, seen, "the audit trail is empty")
	}
	servers := serversIn(events)
	end := events[len(events)-1].At
	if len(servers) == 0 {
		return evidence(auditTrail, plan.Inconclusive, end, seen, "the audit trail shows nothing of LDAP, and so not that it would show a sync")
	}
	var verdicts []plan.Evidence
	for _, s := range servers {
		e := s.judge(end, interval, seen)
		e.Name = s.name
		verdicts = append(verdicts, e)
	}
	// What contradicts counts before what is open, and that before a proof.
	order := []plan.Bearing{plan.Contradicts, plan.Inconclusive, plan.Proves}
	slices.SortStableFunc(verdicts, func(a, b plan.Evidence) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Bearing), slices.Index(order, b.Bearing)), b.At.Compare(a.At))
	})
	return verdicts[0]
}

// serversIn collects what concerns LDAP servers, by their names. Where there is
// one name alone, events that name none are about that server.
func serversIn(events []Event) []*server {
	var all []*server
	only := onlyServer(events)
	for _, e := range events {
		what := plan.Fold(e.What)
		sync := strings.Contains(what, "ldap") && strings.Contains(what, "sync")
		edit := strings.Contains(what, "ldap server") && (strings.Contains(what, "edit") || strings.Contains(what, "update") || strings.Contains(what, "modif"))
		if !sync && !edit {
			continue
		}
		name := cmp.Or(e.Name, only)
		i := slices.IndexFunc(all, func(s *server) bool { return plan.Fold(s.name) == plan.Fold(name) })
		if i < 0 {
			i = len(all)
			all = append(all, &server{name: name})
		}
		s := all[i]
		switch ended := !strings.Contains(what, "start"); {
		case !sync:
			s.edited, s.enabled = e.At, e.Enabled
		case ended && !s.edited.IsZero() && len(s.started) > 0 && s.started[len(s.started)-1].Before(s.edited):
			// It had begun before the edit, and only came to its end.
		default:
			s.synced = e.At
			if !ended || len(s.started) == 0 {
				s.started = append(s.started, e.At)
			}
		}
	}
	return all
}

// onlyServer is the name of the one server that is named, or "".
func onlyServer(events []Event) string {
	only := ""
	for _, e := range events {
		switch {
		case e.Name == "" || !strings.Contains(plan.Fold(e.What), "ldap server"):
		case only == "":
			only = e.Name
		case plan.Fold(only) != plan.Fold(e.Name):
			return ""
		}
	}
	return only
}

func (s *server) judge(end time.Time, interval time.Duration, seen time.Time) plan.Evidence {
	interval = max(interval, s.usual())
	name := strconv.Quote(cmp.Or(s.name, "of no name"))
	silence := end.Sub(s.edited)
	switch {
	case s.synced.IsZero():
		return evidence(auditTrail, plan.Inconclusive, end, seen, "the audit trail shows no sync of the LDAP server %s, and so not that it would show one", name)
	case !s.edited.After(s.synced):
		return evidence(auditTrail, plan.Contradicts, s.synced, seen, "the LDAP server %s synced at %s, and was not edited after that", name, clock(s.synced))
	case s.enabled != nil && *s.enabled:
		return evidence(auditTrail, plan.Contradicts, s.edited, seen, "the edit of the LDAP server %s at %s left it enabled", name, clock(s.edited))
	case silence <= 2*interval:
		return evidence(auditTrail, plan.Inconclusive, end, seen, "the LDAP server %s was edited at %s, and the audit trail ends %s later; more than %s without a sync are needed",
			name, clock(s.edited), silence.Round(time.Second), 2*interval)
	}
	return evidence(auditTrail, plan.Proves, end, seen, "the LDAP server %s synced last at %s, was edited at %s, and no sync began in the %s after that", name, clock(s.synced), clock(s.edited), silence.Round(time.Second))
}

// usual is the time between two syncs as the trail shows it: the middle one of
// all, or 0.
func (s *server) usual() time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(s.started); i++ {
		gaps = append(gaps, s.started[i].Sub(s.started[i-1]))
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

func clock(t time.Time) string { return t.UTC().Format(time.DateTime + "Z") }

// Counted are the accounts of LDAP at a time.
type Counted struct {
	At   time.Time
	LDAP int
}

// JudgeCounts holds the number of LDAP accounts now against earlier ones, of
// which the latest comes last. More of them came by a sync or an import. That
// they stand still for more than twice the interval speaks for a server that is
// disabled, and proves nothing: there may be nobody new.
func JudgeCounts(before []Counted, now Counted, interval time.Duration) plan.Evidence {
	e := func(b plan.Bearing, format string, args ...any) plan.Evidence {
		return evidence(accountCounts, b, now.At, now.At, format, args...)
	}
	if len(before) == 0 {
		return e(plan.Inconclusive, "%d accounts of source LDAP, counted for the first time", now.LDAP)
	}
	last := before[len(before)-1]
	if now.LDAP > last.LDAP {
		return e(plan.Contradicts, "there are %d accounts of source LDAP, and were %d at %s", now.LDAP, last.LDAP, clock(last.At))
	}
	since := now.At
	for i := len(before) - 1; i >= 0 && before[i].LDAP == now.LDAP; i-- {
		since = before[i].At
	}
	if still := now.At.Sub(since); still > 2*interval {
		return e(plan.Supports, "%d accounts of source LDAP, unchanged for %s", now.LDAP, still.Round(time.Second))
	}
	return e(plan.Inconclusive, "%d accounts of source LDAP, unchanged since %s; more than %s are needed", now.LDAP, clock(since), 2*interval)
}

// Canary asks CPS whether the change of the canary has arrived. That it has not
// may have another cause than a server that is disabled.
func (c *Client) Canary(ctx context.Context, now time.Time) (plan.Evidence, error) {
	bird := c.config.Canary
	since, err := bird.since()
	if err != nil {
		return plan.Evidence{}, err
	}
	found, held := false, ""
	err = c.storedOf(ctx, bird.User, func(u stored) {
		if plan.Fold(u.UserID) != plan.Fold(bird.User) {
			return
		}
		found = true
		for name, value := range u.LDAPCustomAttributes {
			if strings.EqualFold(name, bird.Attribute) {
				held = value
			}
		}
	})
	age := now.Sub(since).Round(time.Second)
	wait := 2 * c.config.Interval()
	switch {
	case err != nil:
		return plan.Evidence{}, err
	case !found:
		return evidence(canary, plan.Inconclusive, now, now, "the vendor does not know the canary's user ID"), nil
	case held == bird.Value:
		return evidence(canary, plan.Contradicts, since, now, "the value that the canary got in LDAP at %s has arrived", clock(since)), nil
	case age > wait:
		return evidence(canary, plan.Supports, now, now, "the value that the canary got in LDAP has not arrived for %s", age), nil
	}
	return evidence(canary, plan.Inconclusive, now, now, "the value that the canary got in LDAP has not arrived for %s; more than %s are needed", age, wait), nil
}

// Probe asks the path that the operator names. What it says proves nothing:
// the vendor does not support it.
func (c *Client) Probe(ctx context.Context, now time.Time) (plan.Evidence, error) {
	p := c.config.UnsupportedProbe
	var answer any
	path, query, _ := strings.Cut(p.Path, "?")
	q, err := url.ParseQuery(query)
	if err != nil {
		return plan.Evidence{}, fmt.Errorf("unsupported_probe.path: %w", err)
	}
	if err := c.get(ctx, "ask the unsupported probe", c.config.URL, path, q, &answer); err != nil {
		return plan.Evidence{}, err
	}
	value, found := at(answer, p.Pointer)
	text, err := json.Marshal(value)
	if err != nil {
		return plan.Evidence{}, fmt.Errorf("ask the unsupported probe: %w", err)
	}
	switch plan.Fold(strings.Trim(string(text), `"`)) {
	case "true", "enabled", "on", "yes", "1":
		return evidence(probe, plan.Contradicts, now, now, "an interface that the vendor does not support says that the LDAP server is enabled"), nil
	case "false", "disabled", "off", "no", "0":
		return evidence(probe, plan.Supports, now, now, "an interface that the vendor does not support says that the LDAP server is disabled"), nil
	}
	if !found {
		return evidence(probe, plan.Inconclusive, now, now, "there is nothing at %s in the answer", p.Pointer), nil
	}
	return evidence(probe, plan.Inconclusive, now, now, "what is at %s in the answer says neither enabled nor disabled", p.Pointer), nil
}

// at follows a JSON pointer (RFC 6901 §4).
func at(v any, pointer string) (any, bool) {
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch inner := v.(type) {
		case map[string]any:
			next, found := inner[token]
			if !found {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(inner) {
				return nil, false
			}
			v = inner[i]
		default:
			return nil, false
		}
	}
	return v, true
}

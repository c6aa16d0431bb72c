package scimdst

import (
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"ldap2scim/plan"
)

//go:embed profiles/*.yaml
var profileFiles embed.FS

// Profile is what is assumed of a service. It is data: profiles/*.yaml, each
// line there with its source. The zero value keeps to the RFCs and assumes
// nothing more. In an override a zero value stands for "as in the profile".
type Profile struct {
	// Endpoints are the collections, /Users and /Groups by default.
	Endpoints Endpoints `yaml:"endpoints"`
	// Patch is the dialect of PATCH; paths by default.
	Patch Dialect `yaml:"patch"`
	// Removal is how members are named that go; filter by default.
	Removal Removal `yaml:"removal"`
	// Paging is by index (RFC 7644 §3.4.2.4) or by cursor (RFC 9865).
	Paging Paging `yaml:"paging"`
	// PageSize is the count asked for in a listing.
	PageSize int `yaml:"page_size"`
	// Projection limits what a listing shows (RFC 7644 §3.9).
	Projection Projections `yaml:"projection"`
	// ExternalID says what becomes of externalId.
	ExternalID ExternalIDs `yaml:"external_id"`
	// ExactCase are the attributes among userName and displayName in which the
	// service tells A from a.
	ExactCase []string `yaml:"exact_case"`
	Members   Members  `yaml:"members"`
	// Attributes are the paths that may be sent, one that ends in * for all
	// that begin so. Empty means any.
	Attributes Paths `yaml:"attributes"`
	// Required are the paths that a creation must have.
	Required Paths `yaml:"required"`
	// Password says whether a new person gets one.
	Password Password `yaml:"password"`
	// ETag says whether a change is bound to the version that was planned
	// against (RFC 7644 §3.14).
	ETag ETag `yaml:"etag"`
	// Bulk says whether /Bulk is believed where it is announced.
	Bulk Bulk `yaml:"bulk"`
	// Quota is what the service allows.
	Quota Quota `yaml:"quota"`
	// Throttled are the statuses that, with a Retry-After, ask to slow down.
	// 429 and 503 always do.
	Throttled []int `yaml:"throttled"`
}

// Endpoints are paths below the base.
type Endpoints struct {
	Person string `yaml:"person"`
	Group  string `yaml:"group"`
}

// Projections are the projection of each kind.
type Projections struct {
	Person Projection `yaml:"person"`
	Group  Projection `yaml:"group"`
}

// Projection names attributes to show, or attributes to leave out.
type Projection struct {
	Attributes []string `yaml:"attributes"`
	Excluded   []string `yaml:"excluded"`
}

// ExternalIDs is the use of externalId for each kind.
type ExternalIDs struct {
	Person ExternalIDUse `yaml:"person"`
	Group  ExternalIDUse `yaml:"group"`
}

// Members is how the membership of groups is read and written.
type Members struct {
	// Shown is where members can be read.
	Shown Shown `yaml:"shown"`
	// Add and Remove are the most that one PATCH adds and takes away.
	Add    int `yaml:"add"`
	Remove int `yaml:"remove"`
	// Check is when a group is counted that members were taken from.
	Check Checked `yaml:"check"`
}

// Paths are attribute paths of each kind.
type Paths struct {
	Person []string `yaml:"person"`
	Group  []string `yaml:"group"`
}

// Quota bounds what is sent.
type Quota struct {
	RequestsPerSecond float64 `yaml:"requests_per_second"`
	// Concurrency is the most requests under way at once.
	Concurrency int      `yaml:"concurrency"`
	Windows     []Window `yaml:"windows"`
}

// Writes is how many writes a second the quota allows in the long run, where
// nearly all of them are of people, or 0 when it says nothing of that.
func (q Quota) Writes() float64 {
	rate := q.RequestsPerSecond
	for _, w := range q.Windows {
		if w.Of == CountedReads || w.Per <= 0 {
			continue
		}
		if of := float64(w.Requests) / w.Per.Seconds(); rate == 0 || of < rate {
			rate = of
		}
	}
	return rate
}

// Window allows so many requests in any stretch of time of the length Per.
type Window struct {
	Requests int           `yaml:"requests"`
	Per      time.Duration `yaml:"per"`
	// Of says which requests count: all (the default), reads, writes, or
	// creations of people.
	Of Counted `yaml:"of"`
}

// ProfileNames returns the names of the profiles, sorted.
func ProfileNames() []string {
	return []string{"aws-identity-center", "entra-scim", "generic", "github", "ivanti", "okta", "slack"}
}

// ProfileOf returns a profile by its name; "" stands for generic.
func ProfileOf(name string) (Profile, error) {
	if name == "" {
		name = "generic"
	}
	if !slices.Contains(ProfileNames(), name) {
		return Profile{}, fmt.Errorf("profile: %q is not one of %s", name, strings.Join(ProfileNames(), ", "))
	}
	text, err := profileFiles.ReadFile("profiles/" + name + ".yaml")
	if err != nil {
		// unreachable unless a name has no file, which a test would find
		return Profile{}, fmt.Errorf("profile %s: %w", name, err)
	}
	var p Profile
	if err := yaml.UnmarshalWithOptions(text, &p, yaml.Strict()); err != nil {
		return Profile{}, fmt.Errorf("profile %s: %w", name, err)
	}
	if err := p.validate(); err != nil {
		return Profile{}, fmt.Errorf("profile %s: %w", name, err)
	}
	return p, nil
}

func (p Profile) validate() error {
	errs := []error{
		known("patch", p.Patch, "", DialectPaths, DialectValues, DialectEntra, DialectAADOptSCIM),
		known("removal", p.Removal, "", RemovalFilter, RemovalValue),
		known("paging", p.Paging, "", PagingIndex, PagingCursor),
		known("external_id.person", p.ExternalID.Person, "", ExternalIDSearched, ExternalIDKept, ExternalIDNone),
		known("external_id.group", p.ExternalID.Group, "", ExternalIDSearched, ExternalIDKept, ExternalIDNone),
		known("members.shown", p.Members.Shown, "", ShownUnknown, ShownListed, ShownSingle, ShownByUser, ShownNowhere),
		known("members.check", p.Members.Check, "", CheckedRequest, CheckedStep),
		known("password", p.Password, "", PasswordNone, PasswordGenerated),
		known("etag", p.ETag, "", ETagUsed, ETagIgnored),
		known("bulk", p.Bulk, "", BulkOff, BulkTrusted),
	}
	for _, a := range p.ExactCase {
		errs = append(errs, known("exact_case", a, plan.UserName, plan.DisplayName))
	}
	for key, n := range map[string]int{
		"page_size": p.PageSize, "members.add": p.Members.Add, "members.remove": p.Members.Remove,
		"quota.concurrency": p.Quota.Concurrency,
	} {
		if n < 0 {
			errs = append(errs, fmt.Errorf("%s: %d is negative", key, n))
		}
	}
	if r := p.Quota.RequestsPerSecond; !isRate(r) {
		errs = append(errs, fmt.Errorf("quota.requests_per_second: %v is not a rate", r))
	}
	for _, w := range p.Quota.Windows {
		if w.Requests < 1 || w.Per <= 0 {
			errs = append(errs, fmt.Errorf("quota.windows: %d requests in %s is no quota", w.Requests, w.Per))
		}
		errs = append(errs, known("quota.windows.of", w.Of, "", CountedAll, CountedReads, CountedWrites, CountedNewPeople))
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return errors.Join(errs...)
}

func known[T ~string](key string, got T, all ...T) error {
	if slices.Contains(all, got) {
		return nil
	}
	var names []string
	for _, v := range all {
		if v != "" {
			names = append(names, string(v))
		}
	}
	return fmt.Errorf("%s: %q is not one of %s", key, got, strings.Join(names, ", "))
}

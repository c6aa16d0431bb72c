package ivanti

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"ldap2scim/scimdst"
)

const (
	// mostRows is the largest page (APIG, "rows" is 1 to 500), mostGroupRows
	// that of lists that come from the database, mostCPSRows that of CPS.
	mostRows      = 500
	mostGroupRows = 50
	mostCPSRows   = 50
	// usualInterval is the sync interval of an LDAP server (IVD, Configuring
	// LDAP server).
	usualInterval = 15 * time.Minute
)

// Config says where the vendor's records are. The zero value knows of none.
type Config struct {
	// URL is the base of the customer API, such as https://na2.mobileiron.com.
	// Without it only files are read.
	URL string `yaml:"url"`
	// User signs in with Password by Basic authentication (APIG).
	User     string                 `yaml:"user"`
	Password func() (string, error) `yaml:"-"`
	CAFile   string                 `yaml:"ca_file"`
	Timeout  time.Duration          `yaml:"timeout"`
	// PageSize is at most 500, which is the default.
	PageSize int `yaml:"page_size"`
	// Partition is the device space; the default one if "".
	Partition string `yaml:"partition"`
	// StoredAttributes asks CPS for the stored values of LDAP attributes, for
	// which the user needs the role Common Platform Services. CPSURL is its
	// base where that is another.
	StoredAttributes bool   `yaml:"stored_attributes"`
	CPSURL           string `yaml:"cps_url"`
	// Exports are files with the accounts, as the portal exports them.
	Exports []Export `yaml:"exports"`
	// Audit are files or folders with the exported audit trail.
	Audit []string `yaml:"audit"`
	// SyncInterval is that of the LDAP server; 15 minutes by default, at least
	// 8 hours in the vendor's sandbox.
	SyncInterval time.Duration `yaml:"sync_interval"`
	// References are exported files or folders to search for what refers to
	// LDAP.
	References []string `yaml:"references"`
	// Canary is a person in whom an LDAP attribute was changed to see whether
	// it arrives.
	Canary Canary `yaml:"canary"`
	// UnsupportedProbe asks an interface that the vendor has not published.
	UnsupportedProbe Probe `yaml:"unsupported_probe"`
}

// Canary names a person by user ID, an LDAP custom attribute of theirs, and the
// value that it was given in LDAP for this, at a time (RFC 3339).
type Canary struct {
	User      string `yaml:"user"`
	Attribute string `yaml:"attribute"`
	Value     string `yaml:"value"`
	Since     string `yaml:"since"`
}

func (b Canary) since() (time.Time, error) {
	at, err := time.Parse(time.RFC3339, b.Since)
	if err != nil {
		return at, errors.New("canary.since: write a time such as 2026-03-01T09:00:00Z")
	}
	return at, nil
}

// Probe is a path of the portal's own interface, and the JSON pointer (RFC
// 6901) to the value in its answer that says whether the server is enabled.
// The vendor calls such interfaces unpublished and unsupported (APIG).
type Probe struct {
	Path    string `yaml:"path"`
	Pointer string `yaml:"pointer"`
}

// Export is one file with accounts.
type Export struct {
	File string `yaml:"file"`
	// Columns gives the heading of a field where it is not a usual one: uid,
	// email, first, last, source, enabled, devices, apple_id, guid, no_sync.
	Columns map[string]string `yaml:"columns"`
}

// On tells whether there are any records to read.
func (c Config) On() bool {
	return c.URL != "" || len(c.Exports)+len(c.Audit)+len(c.References) > 0
}

// Interval is the sync interval of the LDAP server.
func (c Config) Interval() time.Duration { return cmp.Or(c.SyncInterval, usualInterval) }

// Validate returns every mistake, each in one sentence that names its key, or
// nil.
func (c Config) Validate() error {
	var errs []error
	say := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.URL != "" {
		errs = append(errs, scimdst.ValidateURL(c.URL))
		if c.User == "" {
			say("user: missing; the API user of the tenant")
		}
		if c.Password == nil {
			say("password: missing; write env:NAME or file:PATH")
		}
	}
	if c.CPSURL != "" {
		if err := scimdst.ValidateURL(c.CPSURL); err != nil {
			say("cps_%w", err)
		}
	}
	if c.URL == "" {
		for key, used := range map[string]bool{"stored_attributes": c.StoredAttributes, "unsupported_probe": c.UnsupportedProbe != Probe{}, "canary": c.Canary != Canary{}} {
			if used {
				say("%s: needs url", key)
			}
		}
	}
	if c.PageSize < 0 || c.PageSize > mostRows {
		say("page_size: must be between 1 and %d", mostRows)
	}
	if c.Timeout < 0 {
		say("timeout: must not be negative")
	}
	if c.SyncInterval < 0 {
		say("sync_interval: must not be negative")
	}
	if b := c.Canary; b != (Canary{}) {
		if b.User == "" || b.Attribute == "" || b.Value == "" {
			say("canary: names a user, an attribute and its value")
		}
		if _, err := b.since(); err != nil {
			errs = append(errs, err)
		}
	}
	if p := c.UnsupportedProbe; p != (Probe{}) && (!strings.HasPrefix(p.Path, "/") || !strings.HasPrefix(p.Pointer, "/")) {
		say("unsupported_probe: path and pointer both begin with /")
	}
	for i, e := range c.Exports {
		if e.File == "" {
			say("exports[%d].file: missing", i)
		}
		for key := range e.Columns {
			if _, known := headings()[key]; !known {
				say("exports[%d].columns: %q is not a field", i, key)
			}
		}
	}
	return errors.Join(errs...)
}

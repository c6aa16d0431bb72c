package configs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// vendorProfile is the destination profile whose service has prerequisites
// that no interface of it tells.
const vendorProfile = "ivanti"

// appleID says how the vendor made Managed Apple IDs from the directory, and
// how it will make them from what it is sent.
type appleID struct {
	Before applePattern `yaml:"before"`
	After  applePattern `yaml:"after"`
}

// applePattern is one of the vendor's two pages of settings.
type applePattern struct {
	// Pattern is none, email and before userUPN or after custom.
	Pattern string `yaml:"pattern"`
	// Attribute is the LDAP attribute of the pattern before, where it is not
	// that of the source, and the custom attribute of the pattern after.
	Attribute string `yaml:"attribute"`
	Subdomain bool   `yaml:"appleid_subdomain"`
}

// check turns a check into a warning.
type check struct {
	Severity string `yaml:"severity"`
	Reason   string `yaml:"reason"`
}

// managedAppleID is the block as rules. The directory's own names stand in for
// an attribute that is not given.
func (f file) managedAppleID() plan.AppleIDRules {
	var r plan.AppleIDRules
	names := f.Source.WithDefaults().Users.Names
	before, after := f.ManagedAppleID.Before, f.ManagedAppleID.After
	usual := map[string]string{
		"email":   cmp.Or(names.Email, "mail"),
		"userUPN": cmp.Or(names.PrincipalName, "userPrincipalName"),
	}
	if attribute := usual[before.Pattern]; attribute != "" {
		r.Before = plan.AppleIDPattern{From: strings.ToLower(cmp.Or(before.Attribute, attribute)), Subdomain: before.Subdomain}
	}
	switch after.Pattern {
	case "email":
		r.After = plan.AppleIDPattern{From: plan.WorkEmail, Subdomain: after.Subdomain}
	case "custom":
		r.After = plan.AppleIDPattern{From: plan.CustomURN + after.Attribute, Subdomain: after.Subdomain}
	}
	return r
}

// prerequisites are those of the profile and those that the file adds.
func (f file) prerequisites() []plan.Prerequisite {
	var wanted []plan.Prerequisite
	if f.Destination.Profile == vendorProfile {
		wanted = plan.Prerequisites()
	}
	for _, name := range f.Prerequisites {
		if p := plan.Prerequisite(name); !slices.Contains(wanted, p) {
			wanted = append(wanted, p)
		}
	}
	return wanted
}

func (f file) waived() map[plan.Code]string {
	var waived map[plan.Code]string
	for code, c := range f.Checks {
		if waived == nil {
			waived = map[plan.Code]string{}
		}
		waived[plan.Code(code)] = c.Reason
	}
	return waived
}

// checkVendor returns the mistakes that the rules cannot show.
func (l loader) checkVendor(f file) []error {
	var found []error
	say := func(key, format string, args ...any) {
		found = append(found, &Mistake{File: l.name, Line: l.line(key), Key: key, What: fmt.Sprintf(format, args...)})
	}
	for _, side := range []struct {
		key   string
		is    applePattern
		known []string
	}{
		{"managed_apple_id.before", f.ManagedAppleID.Before, []string{"none", "email", "userUPN"}},
		{"managed_apple_id.after", f.ManagedAppleID.After, []string{"none", "email", "custom"}},
	} {
		switch p := side.is; {
		case p.Pattern == "" && p != (applePattern{}):
			say(side.key+".pattern", "missing; write one of %s", strings.Join(side.known, ", "))
		case p.Pattern != "" && !slices.Contains(side.known, p.Pattern):
			say(side.key+".pattern", "%q is not one of %s%s", p.Pattern, strings.Join(side.known, ", "), meant(p.Pattern, side.known))
		case p.Pattern == "none" && p != (applePattern{Pattern: "none"}):
			say(side.key+".pattern", "none has no attribute and no subdomain")
		}
	}
	if after := f.ManagedAppleID.After; after.Pattern == "email" && after.Attribute != "" {
		say("managed_apple_id.after.attribute", "is for the pattern custom; the email is what mapping.person.email fills")
	} else if after.Pattern == "custom" && after.Attribute == "" {
		say("managed_apple_id.after.attribute", "missing; name the custom attribute")
	}
	for _, code := range slices.Sorted(maps.Keys(f.Checks)) {
		if s := f.Checks[code].Severity; s != string(plan.Warn) {
			say("checks."+code+".severity", "%q is not possible; a check can be turned into warn, and needs a reason", s)
		}
	}
	return found
}

package entra

import (
	"fmt"
	"strconv"

	"ldap2scim/plan"
)

// Settings of a tenant, by the ID that rules, inventory and steps use. The ID
// at the destination (plan.RemoteID) is what stands beside each.
const (
	Application plan.ExternalID = "entra:application" // the application's object ID
	Principal   plan.ExternalID = "entra:principal"   // the ID of its service principal
	Job         plan.ExternalID = "entra:job"         // the ID of the job
	Secrets     plan.ExternalID = "entra:secrets"     // "secrets"
	Schema      plan.ExternalID = "entra:schema"      // the ID of the rule for users
	Role        plan.ExternalID = "entra:role"        // the ID of the application role
	Canary      plan.ExternalID = "entra:canary"      // none
	Start       plan.ExternalID = "entra:start"       // "start"
	Licence     plan.ExternalID = "entra:licence"
	Writers     plan.ExternalID = "entra:writers"
	Neighbours  plan.ExternalID = "entra:neighbours"
	Sync        plan.ExternalID = "entra:sync"
)

// Extension is the setting of the directory extension that keeps a custom
// attribute. Its ID at the destination is the full name,
// extension_<application>_<name>.
func Extension(name string) plan.ExternalID { return plan.ExternalID("entra:extension:" + name) }

// assignChunk is how many assignments are one step, and so one batch.
const assignChunk = 20

// MembersPerRequest is the largest membership step: twenty requests of twenty
// members in one batch.
const MembersPerRequest = batchMost * bindMost

// Rules adds to rules what this road needs: the settings, that people are
// found and not made, and the vendor's reckoning of the first cycle.
func (c Config) Rules(r plan.Rules) plan.Rules {
	c = c.WithDefaults()
	names := customs(r.Person)
	x := &plan.Existing{
		Where: "Entra ID", Everybody: c.Scope == "all", Writes: map[string]plan.ExternalID{}, Reads: readable(),
		Maker: "bring the person into the scope of Entra Connect, or make the account by hand; then plan again",
	}
	before := func(id plan.ExternalID, name string, want plan.Fields, needs ...plan.ExternalID) {
		r.Settings = append(r.Settings, plan.SettingRule{ID: id, Name: name, Stage: plan.StageBefore, Want: want, Needs: needs})
	}
	r.Settings = c.requirements()
	before(Application, "application "+c.Application, plan.Fields{"displayName": c.Application, "template": Template})
	r.Settings[len(r.Settings)-1].Removed = true
	before(Principal, "service principal of the application", nil, Application)
	schemaNeeds := []plan.ExternalID{Principal, Job}
	rows := plan.Fields{unsupported: none}
	for _, name := range names {
		path := plan.CustomURN + name
		rows[path] = "[" + c.source(name) + "]"
		x.Writes[path] = ""
		if c.store(name) == DirectoryExtension {
			before(Extension(name), "directory extension "+name, plan.Fields{"dataType": "String"}, Application)
			x.Writes[path] = Extension(name)
			schemaNeeds = append(schemaNeeds, Extension(name))
		}
	}
	before(Job, "provisioning job", plan.Fields{"template": jobTemplate}, Principal)
	before(Secrets, "address, token and scope of the provisioning", c.switches(), Principal, Job)
	before(Schema, "attribute mapping", rows, schemaNeeds...)
	if c.Scope == "assigned" {
		s := plan.SettingRule{ID: Role, Name: "assignments", Stage: plan.StageBefore, Needs: []plan.ExternalID{Principal}, Holds: plan.HoldsGroups, Chunk: assignChunk}
		if c.Assign == "people" {
			s.Holds = plan.HoldsPeople
		}
		r.Settings = append(r.Settings, s)
	}
	r.Settings = append(r.Settings,
		plan.SettingRule{ID: Canary, Name: "provisioning on demand", Stage: plan.StageWave, Needs: []plan.ExternalID{Principal, Job, Schema}, Holds: plan.Tries, Most: max(c.Canary, 0), Until: Start},
		plan.SettingRule{ID: Start, Name: "start of the provisioning", Stage: plan.StageAfter, Want: plan.Fields{"state": "Active"}, Needs: []plan.ExternalID{Principal, Job}, Ended: plan.Fields{"state": "Disabled"}})
	r.Existing = x
	r.MembersPerRequest = MembersPerRequest
	r.Quota.RequestsPerSecond, r.Quota.MembersPerWrite = c.WritesPerSecond, bindMost
	// Source: learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-when-will-provisioning-finish-specific-user
	r.Quota.Cycle = plan.Cycle{Least: 0.01 * 60, Most: 0.08 * 60}
	return r
}

// source names the attribute of Entra ID that feeds a custom attribute: that of
// an extension which may not be made yet as its setting.
func (c Config) source(name string) string {
	if s := c.store(name); s != DirectoryExtension {
		return s
	}
	return string(Extension(name))
}

const (
	jobTemplate = "scim"
	// unsupported lists the targets of the mapping that the service does not
	// know; none is its value when there are none.
	unsupported = "unsupported"
	none        = "none"
)

// switches are what is put with the secrets, but for the token: whether that
// is the one which was put is said in words.
func (c Config) switches() plan.Fields {
	return plan.Fields{
		"BaseAddress": c.Service.URL, "SyncAll": strconv.FormatBool(c.Scope == "all"), "SkipOutOfScopeDeletions": "True",
		"SyncNotificationSettings": fmt.Sprintf(`{"Enabled":false,"DeleteThresholdEnabled":true,"DeleteThresholdValue":%d}`, c.DeleteThreshold),
		"token":                    tokenAsConfigured,
	}
}

// requirements are what this program cannot set.
func (c Config) requirements() []plan.SettingRule {
	rule := func(id plan.ExternalID, name string, want plan.Fields, u plan.Unmet) plan.SettingRule {
		return plan.SettingRule{ID: id, Name: name, Stage: plan.StageBefore, Want: want, Unmet: &u}
	}
	all := []plan.SettingRule{
		rule(Writers, "other writers to the service", plan.Fields{"others": none}, plan.Unmet{
			Code: plan.LDAPEnabled, Severity: plan.Block, Hazard: plan.HazardSecondWriter,
			Sentence: "another application of Entra ID provisions the same service, and two writers undo each other's work",
			Remedy:   "pause its provisioning or remove it, then plan again",
		}),
		rule(Neighbours, "other provisioning", plan.Fields{"others": none}, plan.Unmet{
			Code: plan.LDAPEnabled, Severity: plan.Warn,
			Sentence: "other applications provision over SCIM, and Graph does not show where to",
			Remedy:   "see in the portal that none of them has the address of this service",
		}),
		rule(Sync, "synchronisation of the directory", plan.Fields{"fresh": "true"}, plan.Unmet{
			Code: plan.Drift, Severity: plan.Warn,
			Sentence: "the last synchronisation of Entra Connect is old, so Entra ID may know less than the directory",
			Remedy:   "let it run (Start-ADSyncSyncCycle), then plan again",
		}),
	}
	if c.Scope == "assigned" && c.Assign == "groups" {
		all = append(all, rule(Licence, "Entra ID Premium P1", plan.Fields{"premium": "true"}, plan.Unmet{
			Code: plan.Licence, Severity: plan.Block, Hazard: plan.HazardNoLicence,
			Sentence: "the tenant has no Entra ID Premium P1, which the assignment of groups needs",
			Remedy:   "buy it, or write destination.entra.assign: people, which provisions people and no groups",
		}))
	}
	return all
}

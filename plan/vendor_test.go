package plan_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// vendorRules are the rules with Managed Apple IDs from the principal name
// before, and from the email after.
func vendorRules(change func(*plan.Rules)) plan.Rules {
	r := rules()
	r.ManagedAppleID = plan.AppleIDRules{
		Before: plan.AppleIDPattern{From: "upn", Subdomain: true},
		After:  plan.AppleIDPattern{From: plan.WorkEmail, Subdomain: true},
	}
	if change != nil {
		change(&r)
	}
	return r
}

// TestVendorChecks has, for each check of the vendor's, a world that trips it
// and the same world mended.
func TestVendorChecks(t *testing.T) {
	t.Parallel()
	short := func(r *plan.Rules) { r.CustomLength = 4 }
	waive := func(code plan.Code) func(*plan.Rules) {
		return func(r *plan.Rules) { r.Waived = map[plan.Code]string{code: "the pilot is meant so"} }
	}
	byCode := func(r *plan.Rules) { r.ManagedAppleID.After.From = custom }
	same := map[plan.ExternalID]plan.Account{"p1": {UID: "U1", AppleID: "p1@appleid.example.com", Values: map[string]string{"costcode": "7"}, Enrolled: true}}
	for _, tt := range []struct {
		name          string
		rules         func(*plan.Rules)
		code          plan.Code
		severity      plan.Severity
		class         plan.Class
		says          string
		trips, mended []plan.Entry
		tenant        map[plan.ExternalID]plan.Account
	}{
		{"DN as a value", nil, plan.BadValue, plan.Block, plan.Blocked, `"cn=boss,dc=x"`, one("costcode", "cn=boss,dc=x"), one("costcode", "cn=boss"), nil},
		{"too long", short, plan.BadValue, plan.Block, plan.Blocked, "5 characters long; the limit is 4", one("costcode", "äöüßx"), one("costcode", "äöüß"), nil},
		{"too long, waived", func(r *plan.Rules) { short(r); waive(plan.BadValue)(r) }, plan.BadValue, plan.Warn, plan.ToCreate, "5 characters", one("costcode", "12345"), one("costcode", "1234"), nil},
		{"blank name, waived", waive(plan.BlankPersonal), plan.BlankPersonal, plan.Warn, plan.ToCreate, "name.familyName is blank", one("sn", ""), one(), nil},
		{"Apple ID changes", nil, plan.AppleID, plan.Block, plan.Blocked, `"ada@appleid.corp.x" would become "p1@appleid.example.com" (whether`, one("upn", "ada@corp.x"), one("upn", "P1@Example.com"), nil},
		{"Apple ID changes, waived", waive(plan.AppleID), plan.AppleID, plan.Warn, plan.ToCreate, "would become", one("upn", "ada@corp.x"), one("upn", "p1@example.com"), nil},
		{"Apple ID is lost", func(r *plan.Rules) { r.ManagedAppleID.After = plan.AppleIDPattern{} }, plan.AppleID, plan.Block, plan.Blocked, "would be lost", one("upn", "ada@corp.x"), one(), nil},
		{"Apple ID from a blank attribute", byCode, plan.AppleID, plan.Block, plan.Blocked, "would be lost", one("upn", "a@x"), one("upn", "a@x", "costcode", "a@x"), nil},
		{"enrolled, waived or not", waive(plan.AppleID), plan.AppleID, plan.Block, plan.Blocked, "it cannot change", one("mail", "new@example.com"), one(), same},
		{"the records know better than the pattern", nil, plan.AppleID, plan.Block, plan.Blocked, `"old@x" would become`, one("upn", "p1@example.com"), nil, map[plan.ExternalID]plan.Account{"p1": {AppleID: "old@x"}}},
		{
			"one Apple ID for two", byCode, plan.Duplicate, plan.Block, plan.Blocked, "of 2 people",
			[]plan.Entry{person("p1", "u1", "costcode", "a@x"), person("p2", "u2", "costcode", "A@X")},
			[]plan.Entry{person("p1", "u1", "costcode", "a@x"), person("p2", "u2", "costcode", "b@x")},
			nil,
		},
		{"user ID drifted", nil, plan.Renamed, plan.Block, plan.Blocked, `"U1" and would be sent as "u2"`, []plan.Entry{person("p1", "u2")}, one(), same},
		{"a Local account", nil, plan.Renamed, plan.Warn, plan.ToCreate, "becomes a SCIM account", one(), nil, map[plan.ExternalID]plan.Account{"p1": {UID: "U1", Source: "LOCAL"}}},
		{"certificate issued again", nil, plan.Reissue, plan.Warn, plan.ToCreate, `"7" in the vendor's records and becomes "8"`, one("costcode", "8"), one("costcode", "7"), same},
		{"value goes", nil, plan.Reissue, plan.Warn, plan.ToCreate, `becomes ""`, one(), one("costcode", "7"), same},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			build := func(entries []plan.Entry) record {
				_, got := decide(t, &world{entries: entries, rules: vendorRules(tt.rules), tenant: tt.tenant})
				return got
			}
			got := build(tt.trips)
			// What a waiver turned into a warning bears its reason.
			waived := strings.HasSuffix(tt.name, ", waived")
			if !slices.ContainsFunc(got.findings, func(f plan.Finding) bool {
				return f.Code == tt.code && f.Severity == tt.severity && strings.Contains(f.Sentence, tt.says) &&
					(f.Waived != "") == waived && strings.Contains(f.Remedy, "the pilot is meant so") == waived
			}) {
				t.Errorf("no finding %s (%s, %q) among %+v", tt.code, tt.severity, tt.says, got.findings)
			}
			if c := got.decisions[0]; c.Class != tt.class {
				t.Errorf("class %s, want %s", c.Class, tt.class)
			}
			if tt.mended == nil {
				return
			}
			if got := build(tt.mended); slices.ContainsFunc(got.findings, func(f plan.Finding) bool { return f.Code == tt.code }) || got.decisions[0].Class != plan.ToCreate {
				t.Errorf("mended, and still %+v, %+v", got.findings, got.decisions)
			}
		})
	}
}

// one is a directory of one person.
func one(more ...string) []plan.Entry { return []plan.Entry{person("p1", "u1", more...)} }

// TestStaleValue: a value that the directory has no more stays at the
// destination, and is named.
func TestStaleValue(t *testing.T) {
	t.Parallel()
	w := &world{entries: one()}
	fields := plan.Fields{plan.UserName: "u1", plan.Active: "true", custom: "old"}
	w.put(plan.Resource{Kind: plan.Person, ExternalID: "p1", Fields: fields})
	_, got := decide(t, w)
	stale := func(f plan.Finding) bool { return f.Code == plan.StaleValue }
	if i := slices.IndexFunc(got.findings, stale); i < 0 || !strings.Contains(got.findings[i].Sentence, `costCode is "old"`) {
		t.Errorf("findings %+v", got.findings)
	}
	if _, clears := got.steps[0].After[custom]; clears {
		t.Errorf("a blank is sent: %+v", got.steps[0])
	}
	w.entries = one("costcode", "new")
	if _, got := decide(t, w); slices.ContainsFunc(got.findings, stale) {
		t.Errorf("replaced, and still %+v", got.findings)
	}
}

// TestCounts: who is migrated is counted by what becomes of value and ID.
func TestCounts(t *testing.T) {
	t.Parallel()
	w := &world{
		rules: vendorRules(func(r *plan.Rules) {
			r.Waived = map[plan.Code]string{plan.AppleID: "agreed with the people concerned"}
			r.Person[4].Was = "CustAttr3"
		}),
		tenant: map[plan.ExternalID]plan.Account{
			"p1": {Values: map[string]string{"custattr3": "7"}}, "p2": {Values: map[string]string{"custattr3": "8", "costcode": "9"}},
		},
		entries: []plan.Entry{
			person("p1", "u1", "costcode", "7", "upn", "p1@example.com"), person("p2", "u2", "costcode", "9", "upn", "x@y"),
			person("p3", "u3", "costcode", "7"), person("p4", "u4"), person("p5", "u5", "costcode", "7", "nsaccountlock", "true"),
		},
	}
	sum, _ := decide(t, w)
	if d := cmp.Diff(map[string]plan.Comparison{"costCode": {Equal: 1, Differs: 1, Unknown: 1}}, sum.CustomValues); d != "" {
		t.Error(d)
	}
	if (sum.AppleIDs != plan.AppleIDs{Kept: 1, Changed: 1}) || sum.Hazards[plan.HazardChangeAppleID] != 1 || sum.Tenant != "t" {
		t.Errorf("%+v", sum)
	}
}

// TestRuleMistakes: what the vendor does not allow is refused with the rules.
func TestRuleMistakes(t *testing.T) {
	t.Parallel()
	add := func(r *plan.Rules, names ...string) {
		for _, name := range names {
			r.Person = append(r.Person, plan.Mapping{Target: plan.CustomURN + name, Constant: "x"})
		}
	}
	for want, change := range map[string]func(*plan.Rules){
		"this is number 8":                             func(r *plan.Rules) { add(r, "b", "c", "d", "e", "f", "g", "h") },
		`"2nd" is not a legal`:                         func(r *plan.Rules) { add(r, "2nd") },
		`"" is not a legal`:                            func(r *plan.Rules) { add(r, "") },
		"differs from costCode only in case":           func(r *plan.Rules) { add(r, "COSTCODE") },
		"was is for custom attributes":                 func(r *plan.Rules) { r.Person[0].Was = "x" },
		"nothing fills":                                func(r *plan.Rules) { r.ManagedAppleID.After.From = plan.CustomURN + "none" },
		"not from userName":                            func(r *plan.Rules) { r.ManagedAppleID.After.From = plan.UserName },
		"must be a name in lower case":                 func(r *plan.Rules) { r.ManagedAppleID.Before.From = "Mail" },
		`prerequisite "x"`:                             func(r *plan.Rules) { r.Prerequisites = []plan.Prerequisite{"x"} },
		"must not be negative":                         func(r *plan.Rules) { r.CustomLength = -1 },
		"check P99: there is no such check":            func(r *plan.Rules) { r.Waived = map[plan.Code]string{"P99": "x"} },
		"check P05: give the reason":                   func(r *plan.Rules) { r.Waived = map[plan.Code]string{plan.BlankPersonal: " "} },
		"check P16: what it asks for cannot be waived": func(r *plan.Rules) { r.Waived = map[plan.Code]string{plan.LDAPEnabled: "x"} },
		"check P06: it does not block":                 func(r *plan.Rules) { r.Waived = map[plan.Code]string{plan.Inactive: "x"} },
		"give one of":                                  func(r *plan.Rules) { r.Person[0].Constant = "x" },
		"first names cn twice":                         func(r *plan.Rules) { r.Group[0] = plan.Mapping{Target: plan.DisplayName, First: []string{"cn", "cn"}} },
		"spaces around it":                             func(r *plan.Rules) { r.Group[0] = plan.Mapping{Target: plan.DisplayName, Constant: " x"} },
	} {
		if err := vendorRules(change).Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := vendorRules(func(r *plan.Rules) { add(r, "b", "c", "d", "e", "f", "g") }).Validate(); err != nil {
		t.Errorf("seven: %v", err)
	}
}

// TestChecksTable: every code is in the table once, and the table has no
// other.
func TestChecksTable(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			code, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, code)
		}
		return true
	})
	var table []string
	for _, c := range plan.Checks() {
		table = append(table, string(c.Code))
		if c.Sentence == "" || c.Remedy == "" || c.By == "" || c.Evidence == "" || c.Waiver != "" && c.Severity != plan.Block {
			t.Errorf("%+v", c)
		}
	}
	slices.Sort(codes)
	slices.Sort(table)
	if d := cmp.Diff(codes, table); d != "" {
		t.Error(d)
	}
	if len(codes) < 30 {
		t.Errorf("only %d codes", len(codes))
	}
	if _, err := plan.CheckOf("P00"); err {
		t.Error("P00 is there")
	}
}

// TestBlockedHolderKeepsItsName: who is blocked for a shared Managed Apple ID
// does not free a name for somebody else.
func TestBlockedHolderKeepsItsName(t *testing.T) {
	t.Parallel()
	w := &world{
		rules: vendorRules(func(r *plan.Rules) { r.ManagedAppleID.After.From = custom }),
		entries: []plan.Entry{
			person("p1", "new", "costcode", "a@x"), person("p2", "old"), person("p3", "u3", "costcode", "a@x"),
		},
	}
	w.put(plan.Resource{Kind: plan.Person, ExternalID: "p1", Fields: plan.Fields{plan.UserName: "old", plan.Active: "true"}})
	_, got := decide(t, w)
	if len(got.steps) > 0 || got.decisions[1].Code != plan.NameTaken {
		t.Errorf("%+v, %+v", got.decisions, got.steps)
	}
}

// TestNoHazardWithoutAStep: a change of ID that was made before needs no leave
// again.
func TestNoHazardWithoutAStep(t *testing.T) {
	t.Parallel()
	w := &world{entries: one("upn", "x@y"), rules: vendorRules(func(r *plan.Rules) { r.Waived = map[plan.Code]string{plan.AppleID: "agreed"} })}
	sum, got := decide(t, w)
	if sum.Hazards[plan.HazardChangeAppleID] != 1 {
		t.Errorf("before: %+v", sum.Hazards)
	}
	if err := w.carryOut(got.steps[0]); err != nil {
		t.Fatal(err)
	}
	if sum, _ := decide(t, w); sum.Hazards[plan.HazardChangeAppleID] != 0 || sum.AppleIDs.Changed != 1 {
		t.Errorf("after: %+v", sum)
	}
}

package configs

import (
	"maps"
	"slices"

	"ldap2scim/ldapsrc"
	"ldap2scim/plan"
)

// groups says which groups there are, what they are called and who is in them.
type groups struct {
	// Nested is flatten or direct.
	Nested string `yaml:"nested"`
	// Each has exceptions by ID or DN: flatten, direct or leave-out.
	Each map[string]string `yaml:"each"`
	// Collision is block, suffix-ou or prefix-ou.
	Collision string `yaml:"collision"`
	// Names by ID or DN.
	Names map[string]string `yaml:"names"`
	// KeepForeign is what the profile says where it is not given.
	KeepForeign *bool `yaml:"keep_foreign"`
	Units       units `yaml:"units"`
}

// units says which organizational units become groups.
type units struct {
	// Make is direct or subtree.
	Make  string   `yaml:"make"`
	Under []string `yaml:"under"`
	// Depth is any where it is not given.
	Depth     *int   `yaml:"depth"`
	Name      string `yaml:"name"`
	KeepEmpty bool   `yaml:"keep_empty"`
}

// wave is a named part of the plan.
type wave struct {
	Name    string   `yaml:"name"`
	Groups  []string `yaml:"groups"`
	Units   []string `yaml:"units"`
	People  []string `yaml:"people"`
	Percent float64  `yaml:"percent"`
	// Expression is in CEL and gives true or false.
	Expression string `yaml:"expression"`
}

// guards are limits on what one plan may do; 0 is the default of each, and a
// negative number switches it off.
type guards struct {
	RemovalPercent      float64 `yaml:"removal_percent"`
	GroupRemovalPercent float64 `yaml:"group_removal_percent"`
	DeactivationPercent float64 `yaml:"deactivation_percent"`
	BlockedPercent      float64 `yaml:"blocked_percent"`
	ShrinkPercent       float64 `yaml:"shrink_percent"`
	People              int     `yaml:"people"`
	Floor               int     `yaml:"floor"`
}

func (f file) groupRules() plan.GroupRules {
	g := f.Groups
	r := plan.GroupRules{
		Nested: plan.Nesting(g.Nested), Collision: plan.Collision(g.Collision),
		// The vendor allows no duplicate groups from different sources.
		KeepForeign: f.Destination.Profile == vendorProfile || f.Destination.Entra != nil,
		Units: plan.UnitRules{
			Make: plan.UnitPeople(g.Units.Make), Under: folded(g.Units.Under), Name: g.Units.Name, KeepEmpty: g.Units.KeepEmpty,
		},
	}
	if g.KeepForeign != nil {
		r.KeepForeign = *g.KeepForeign
	}
	if r.Units.Make != "" {
		r.Units.Depth = -1
		if g.Units.Depth != nil {
			r.Units.Depth = *g.Units.Depth
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.Each)) {
		if r.Each == nil {
			r.Each = map[string]plan.Nesting{}
		}
		r.Each[fold(name)] = plan.Nesting(g.Each[name])
	}
	for _, name := range slices.Sorted(maps.Keys(g.Names)) {
		if r.Names == nil {
			r.Names = map[string]string{}
		}
		r.Names[fold(name)] = g.Names[name]
	}
	return r
}

func (f file) guards() plan.Guards {
	return plan.Guards{
		RemovalPercent: f.Guards.RemovalPercent, GroupRemovalPercent: f.Guards.GroupRemovalPercent, DeactivationPercent: f.Guards.DeactivationPercent,
		BlockedPercent: f.Guards.BlockedPercent, ShrinkPercent: f.Guards.ShrinkPercent, People: f.Guards.People, Floor: f.Guards.Floor,
	}
}

func (f file) waves() []plan.Wave {
	var all []plan.Wave
	for _, w := range f.Waves {
		all = append(all, plan.Wave{Name: w.Name, Groups: folded(w.Groups), Units: folded(w.Units), People: folded(w.People), Percent: w.Percent, Expression: w.Expression})
	}
	return all
}

func folded(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, fold(name))
	}
	return all
}

// fold folds a DN, and leaves what is none, an ID or a userName, as it is.
func fold(name string) string {
	if dn, err := ldapsrc.FoldDN(name); err == nil && dn != "" {
		return dn
	}
	return name
}

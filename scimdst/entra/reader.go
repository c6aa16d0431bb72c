package entra

import (
	"context"
	"fmt"
	"iter"
	"regexp"

	"ldap2scim/plan"
)

// Reader lists a tenant. It sends nothing that writes.
type Reader struct {
	graph    Graph
	config   Config
	rules    plan.Rules
	patience Patience
	// people and groups are those of the directory, to be matched.
	people, groups iter.Seq2[plan.Entry, error]
	// own is what was found of the application; it is asked for once.
	own *tenant
}

// Directory is what a Reader matches the tenant with: the people of a snapshot,
// and its groups with their members. The groups can be read several times.
type Directory struct {
	People, Groups iter.Seq2[plan.Entry, error]
}

// NewReader makes a reader. The rules are those that [Config.Rules] has
// completed.
func NewReader(g Graph, c Config, rules plan.Rules, of Directory, p Patience) *Reader {
	return &Reader{graph: reading{g}, config: c.WithDefaults(), rules: rules, patience: p, people: of.People, groups: of.Groups}
}

// reading refuses what writes.
type reading struct{ Graph }

func (r reading) Send(ctx context.Context, q Request) (Answer, error) {
	if q.writes() && q.Path != "/$batch" { // the batches of a reader hold what reads
		return Answer{}, fmt.Errorf("%s %s: this only reads", q.Method, pathOf(q.Path))
	}
	return r.Graph.Send(ctx, q)
}

// List gives every object of one kind to yield.
func (r *Reader) List(ctx context.Context, k plan.Kind, yield func(plan.Resource) error) (plan.Search, error) {
	switch k {
	case plan.Person:
		return r.listPeople(ctx, yield)
	case plan.Group:
		return r.listGroups(ctx, yield)
	case plan.Setting:
		return r.listSettings(ctx, yield)
	case plan.Unit:
	}
	return plan.Search{}, fmt.Errorf("list a tenant: it has no %s", k)
}

// stores are the properties of users that keep the custom attributes, by the
// attribute's name. A directory extension that is not made yet has none.
func (r *Reader) stores(ctx context.Context) (map[string]string, error) {
	t, err := r.tenant(ctx)
	if err != nil {
		return nil, err
	}
	stores := map[string]string{}
	for _, name := range customs(r.rules.Person) {
		s := r.config.store(name)
		if s == DirectoryExtension {
			s = t.extension(name)
		}
		if s != "" {
			stores[name] = s
		}
	}
	return stores, nil
}

// extension is the full name of the application's extension, or "" before it
// is made.
func (t *tenant) extension(name string) string {
	for _, a := range t.applications {
		for _, full := range t.extensions[a.ID] {
			if shortName(full) == name {
				return full
			}
		}
	}
	return ""
}

// shortName is the name that an extension was made with, or "" for what is
// none: in full it is extension_{application's ID without hyphens}_{name}.
// Source: learn.microsoft.com/graph/api/application-post-extensionproperty.
func shortName(full string) string {
	found := regexp.MustCompile(`^extension_[0-9a-f]{32}_(.+)$`).FindStringSubmatch(full)
	if found == nil {
		return ""
	}
	return found[1]
}

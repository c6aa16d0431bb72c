package entratest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// scimTemplate is the schema that a job of the template "scim" begins with.
//
// Source: the attributes and mappings of
// learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes
// and .../use-scim-to-provision-users-and-groups, in the form of
// learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema.
//
//go:embed scim_template.json
var scimTemplate []byte

// schema is a job's schema: the members of the document as they came, and
// what the engine reads of them.
type schema struct {
	members []member
	version int
	rules   []rule
	source  map[string][]string // attributes by object
	target  map[string][]string
}

// member is one member of a JSON object, byte for byte.
type member struct {
	name string
	raw  json.RawMessage
}

// rule is a synchronization rule.
type rule struct {
	ID                                       string
	SourceDirectoryName, TargetDirectoryName string
	ObjectMappings                           []objectMapping
}

type objectMapping struct {
	Enabled                            bool
	SourceObjectName, TargetObjectName string
	Scope                              any
	AttributeMappings                  []attributeMapping
}

type attributeMapping struct {
	DefaultValue           *string
	FlowBehavior, FlowType string
	MatchingPriority       int
	TargetAttributeName    string
	Source                 struct{ Expression, Name, Type string }
	parsed                 expression
}

type directoryDefinition struct {
	Name    string
	Objects []struct {
		Name       string
		Attributes []struct {
			Name, Type  string
			Mutability  string
			Multivalued bool
		}
	}
}

// defaultSchema is the template's, with identifiers of its own.
func defaultSchema(w *world) (*schema, error) {
	text := string(scimTemplate)
	for _, name := range []string{"@RULE@", "@SOURCE@", "@TARGET@"} {
		text = strings.ReplaceAll(text, name, w.newID("5c4e0000"))
	}
	return readSchema([]byte(text), 1, nil)
}

// readSchema takes a document apart. Before is the one that it replaces.
func readSchema(text []byte, version int, before *schema) (*schema, error) {
	list, err := ordered(text)
	if err != nil {
		return nil, err
	}
	sc := &schema{version: version}
	for _, m := range list {
		switch m.name {
		case "@odata.context", "id", "version", "directories@odata.context": // the server's own
		case "provisioningTaskIdentifier", "synchronizationRules", "directories":
			sc.members = append(sc.members, m)
		default:
			return nil, fmt.Errorf("the property '%s' does not exist on type 'microsoft.graph.synchronizationSchema'", m.name)
		}
	}
	var doc struct {
		Directories          []directoryDefinition
		SynchronizationRules []rule
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("the schema cannot be read: %w", err)
	}
	if len(doc.Directories) < 2 || len(doc.SynchronizationRules) == 0 {
		return nil, errors.New("the schema has no directories or no synchronizationRules: the whole document is put")
	}
	sc.rules = doc.SynchronizationRules
	return sc, sc.check(doc.Directories, before)
}

// ordered reads the members of a JSON object in their order.
func ordered(text []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("the schema is no JSON object")
	}
	var list []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("the schema cannot be read: %w", err)
		}
		m := member{name: fmt.Sprint(name)}
		if err := d.Decode(&m.raw); err != nil {
			return nil, fmt.Errorf("the schema cannot be read: %w", err)
		}
		if slices.ContainsFunc(list, func(o member) bool { return o.name == m.name }) {
			return nil, fmt.Errorf("the member %s is there twice", m.name)
		}
		list = append(list, m)
	}
	return list, nil
}

// show is the document as it is answered: what was put is as it was put.
func (sc *schema) show(c *call, p *principal, j *job) reply {
	at := fmt.Sprintf("servicePrincipals('%s')/synchronization/jobs('%s')/schema", p.id, j.id)
	list := []member{
		{"@odata.context", quote(c.context(at + "/$entity"))},
		{"id", quote(j.id)},
		{"version", quote(fmt.Sprintf("v1.%d", sc.version))},
	}
	for _, m := range sc.members {
		if m.name == "directories" {
			list = append(list, member{"directories@odata.context", quote(c.context(at + "/directories"))})
		}
		list = append(list, m)
	}
	var b bytes.Buffer
	for i, m := range list {
		b.WriteByte("{,"[min(i, 1)])
		b.Write(quote(m.name))
		b.WriteByte(':')
		b.Write(m.raw)
	}
	b.WriteByte('}')
	return reply{status: http.StatusOK, body: b.Bytes()}
}

func quote(text string) json.RawMessage {
	b, err := json.Marshal(text)
	if err != nil {
		return json.RawMessage(`""`) // unreachable: it is a text
	}
	return b
}

package entratest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// extension is a directory extension that an application defines.
type extension struct {
	id, name string
	targets  []string
	born     int
}

func (e extension) shown(a *application) map[string]any {
	return map[string]any{
		"id": e.id, "deletedDateTime": nil, "appDisplayName": a.name, "name": e.name, "dataType": "String",
		"isMultiValued": false, "isSyncedFromOnPremises": false, "targetObjects": e.targets,
	}
}

func (s *Server) listExtensions(c *call) (reply, error) {
	a, err := s.world.application(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	value := []any{}
	for _, e := range a.extensions {
		if s.world.seen(e.born) {
			value = append(value, e.shown(a))
		}
	}
	return jsonReply(http.StatusOK, map[string]any{"@odata.context": c.context("applications('" + a.id + "')/extensionProperties"), "value": value}), nil
}

// createExtension defines a directory extension of people.
//
// Source: learn.microsoft.com/graph/api/application-post-extensionproperty
func (s *Server) createExtension(c *call) (reply, error) {
	a, err := s.world.application(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("name", "dataType", "targetObjects", "isMultiValued")
	if err != nil {
		return reply{}, err
	}
	if err := a.owned(c.client, "Application.ReadWrite.All"); err != nil {
		return reply{}, err
	}
	var name, kind string
	var many bool
	e := extension{born: s.world.asked}
	if err := readAll(given, map[string]any{"name": &name, "dataType": &kind, "targetObjects": &e.targets, "isMultiValued": &many}); err != nil {
		return reply{}, err
	}
	if kind != "String" || many || !slices.Equal(e.targets, []string{"User"}) {
		return reply{}, unknown("This server has extensions of one text for users only.")
	}
	if !regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,119}$`).MatchString(name) {
		return reply{}, badRequest("Invalid value specified for property 'name' of resource 'ExtensionProperty'.")
	}
	e.name = "extension_" + strings.ReplaceAll(a.appID, "-", "") + "_" + name
	if slices.ContainsFunc(a.extensions, func(o extension) bool { return o.name == e.name }) {
		return reply{}, badRequest("An extension property exists with the name %s.", e.name)
	}
	e.id = s.world.newID("e7700000")
	a.extensions = append(a.extensions, e)
	return jsonReply(http.StatusCreated, entity(c, "applications('"+a.id+"')/extensionProperties", e.shown(a))), nil
}

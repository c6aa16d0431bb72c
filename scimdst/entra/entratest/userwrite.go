package entratest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// patchUser changes a person: attributes 1 to 15 and directory extensions.
// What a directory on premises owns is read-only.
//
// Source: learn.microsoft.com/graph/api/user-update and
// .../resources/onpremisesextensionattributes
func (s *Server) patchUser(c *call) (reply, error) {
	u, err := s.world.user(c.names["id"])
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("onPremisesExtensionAttributes", "*")
	if err != nil {
		return reply{}, err
	}
	if len(given) == 0 {
		return reply{}, badRequest("The request body has no properties to update.")
	}
	if u.OnPremises != nil {
		return reply{}, badRequest("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.")
	}
	attributes, extensions := u.Attributes, maps.Clone(u.Extensions)
	if extensions == nil {
		extensions = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if name == "onPremisesExtensionAttributes" {
			err = readAttributes(given[name], &attributes)
		} else {
			err = s.readExtension(given, name, extensions)
		}
		if err != nil {
			return reply{}, err
		}
	}
	u.Attributes, u.Extensions, u.changed = attributes, extensions, s.world.asked
	return noContent(), nil
}

func readAttributes(raw json.RawMessage, attributes *[15]string) error {
	names := map[string]int{}
	for i := range attributes {
		names[attributeName(i)] = i
	}
	given, err := members(raw, slices.Sorted(maps.Keys(names))...)
	if err != nil {
		return err
	}
	for name := range given {
		var value *string
		if err := into(given, name, &value); err != nil {
			return err
		}
		attributes[names[name]] = ""
		if value != nil {
			attributes[names[name]] = *value
		}
	}
	return nil
}

func (s *Server) readExtension(given map[string]json.RawMessage, name string, extensions map[string]string) error {
	if !s.registered(name) {
		return badRequest("The following extension properties are not available: %s.", name)
	}
	var value *string
	if err := into(given, name, &value); err != nil {
		return err
	}
	delete(extensions, name)
	if value != nil && *value != "" {
		if len(*value) > 256 {
			return badRequest("Property %s value length exceeds the maximum 256.", name)
		}
		extensions[name] = *value
	}
	return nil
}

// registered reports whether an application has the extension for users.
func (s *Server) registered(name string) bool {
	return slices.ContainsFunc(s.world.applications, func(a *application) bool {
		return slices.ContainsFunc(a.extensions, func(e extension) bool { return e.name == name && s.world.seen(e.born) })
	})
}

// deltaUsers answers everybody, page by page, and then those who changed.
//
// Source: learn.microsoft.com/graph/api/user-delta
func (s *Server) deltaUsers(c *call) (reply, error) {
	chosen, err := selectOf(userProperties(), s.extension, c.option("$select"))
	if err != nil {
		return reply{}, err
	}
	since := 0
	if token := c.option("$deltatoken"); token != "" {
		if _, err := fmt.Sscanf(token, "after-%d", &since); err != nil {
			return reply{}, problem(http.StatusGone, "syncStateNotFound", "The sync state is not found. Make a full synchronization.")
		}
		since++
	}
	_, from, err := c.page(listing{usual: 200, most: 999})
	if err != nil {
		return reply{}, err
	}
	value := []any{}
	i := from
	for ; i < len(s.world.users) && len(value) < 200; i++ {
		u := s.world.users[i]
		switch {
		case u.changed < since || !s.world.seen(u.born):
		case !u.Deleted:
			value = append(value, chosen.show(u))
		case since > 0:
			value = append(value, map[string]any{"id": u.ID, "@removed": map[string]any{"reason": "changed"}})
		}
	}
	body := map[string]any{"@odata.context": c.context("users"), "value": value}
	if i < len(s.world.users) {
		body["@odata.nextLink"] = c.link(i)
	} else {
		link := c.root + base + c.path + "?$deltatoken=" + fmt.Sprintf("after-%d", s.world.asked)
		if chosen := c.option("$select"); chosen != "" {
			link += "&$select=" + strings.ReplaceAll(chosen, ",", "%2c")
		}
		body["@odata.deltaLink"] = link
	}
	return jsonReply(http.StatusOK, body), nil
}

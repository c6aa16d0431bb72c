package entratest

import "strings"

// subject is a user or a group that the engine looks at.
type subject thing

func (w *world) subject(id string) subject {
	return subject{user: w.userByID[id], group: w.groupByID[id]}
}

func (s subject) exists() bool { return s.user != nil || s.group != nil }

func (s subject) id() string {
	if s.user != nil {
		return s.user.ID
	}
	return s.group.ID
}

func (s subject) kind() string {
	if s.user != nil {
		return "User"
	}
	return "Group"
}

func (s subject) endpoint() string { return "/" + s.kind() + "s" }

func (s subject) name() string {
	if s.user != nil {
		return s.user.UserPrincipalName
	}
	return s.group.DisplayName
}

func (s subject) display() string {
	if s.user != nil {
		return s.user.DisplayName
	}
	return s.group.DisplayName
}

func (s subject) attribute(name string, inScope bool) string {
	if s.user != nil {
		return s.user.attribute(name, inScope)
	}
	return s.group.attribute(name, inScope)
}

func (e *engine) inScope(s subject) bool {
	if s.user != nil {
		return e.scope.users[s.user.ID]
	}
	return e.scope.groups[s.group.ID]
}

// active reports whether the target should have the subject as one that is in
// use.
func (e *engine) active(s subject) bool {
	return e.inScope(s) && (s.user == nil || !s.user.Disabled)
}

// leaves reports whether the subject is to be disabled in the target, or taken
// away if it is a group. What only left the scope is spared by
// SkipOutOfScopeDeletions.
func (e *engine) leaves(s subject) bool {
	if e.active(s) {
		return false
	}
	skip := strings.EqualFold(e.p.secrets["SkipOutOfScopeDeletions"], "true")
	gone := s.user != nil && (s.user.Deleted || s.user.Disabled) || s.group != nil && s.group.Deleted
	return gone || !skip
}

// want are the values of the mapping's target attributes. What is null is left
// out: it is never sent.
//
// Source: learn.microsoft.com/entra/identity/app-provisioning/known-issues, null attribute
func (m *objectMapping) want(s subject, inScope bool) map[string]string {
	values := map[string]string{}
	for _, a := range m.AttributeMappings {
		value := a.parsed.value(func(name string) string { return s.attribute(name, inScope) })
		if value == "" && a.DefaultValue != nil {
			value = *a.DefaultValue
		}
		if value != "" {
			values[a.TargetAttributeName] = value
		}
	}
	return values
}

// matching is the attribute by which objects are found, in the order of the
// priorities.
func (m *objectMapping) matching() []string {
	var list []string
	for priority := 1; priority <= len(m.AttributeMappings); priority++ {
		for _, a := range m.AttributeMappings {
			if a.MatchingPriority == priority {
				list = append(list, a.TargetAttributeName)
			}
		}
	}
	return list
}

// onCreate names the target attributes that flow only into new objects.
func (m *objectMapping) onCreate() map[string]bool {
	names := map[string]bool{}
	for _, a := range m.AttributeMappings {
		if a.FlowType == "ObjectAddOnly" || a.FlowType == "AttributeAddOnly" {
			names[a.TargetAttributeName] = true
		}
	}
	return names
}

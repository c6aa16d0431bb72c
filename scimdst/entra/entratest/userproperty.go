package entratest

import (
	"fmt"
	"strings"
)

// property is one that can be selected. What is in defaults is answered when
// nothing is selected. The filters name the operators that its page documents;
// those in advanced need ConsistencyLevel: eventual and $count=true.
//
// Source: learn.microsoft.com/graph/api/resources/user, .../group,
// .../serviceprincipal, and learn.microsoft.com/graph/aad-advanced-queries
type property[T any] struct {
	name     string
	get      func(T) any
	defaults bool
	filters  string
	advanced string
}

// userProperties are those of a user that this server has.
func userProperties() []property[*User] {
	const common, more = "eq in startsWith", "ne endsWith"
	list := []property[*User]{
		{"id", func(u *User) any { return u.ID }, true, "eq in", "ne"},
		{"businessPhones", func(u *User) any { return texts(u.Phone) }, true, "", ""},
		{"displayName", func(u *User) any { return textOrNull(u.DisplayName) }, true, "eq in startsWith", "ne"},
		{"givenName", func(u *User) any { return textOrNull(u.GivenName) }, true, "eq in startsWith", "ne"},
		{"jobTitle", func(u *User) any { return textOrNull(u.JobTitle) }, true, "eq in startsWith", "ne"},
		{"mail", func(u *User) any { return textOrNull(u.Mail) }, true, common, more},
		{"mobilePhone", func(*User) any { return nil }, true, "", ""},
		{"officeLocation", func(*User) any { return nil }, true, "", ""},
		{"preferredLanguage", func(*User) any { return nil }, true, "", ""},
		{"surname", func(u *User) any { return textOrNull(u.Surname) }, true, "eq in startsWith", "ne"},
		{"userPrincipalName", func(u *User) any { return u.UserPrincipalName }, true, common, more},
		{"accountEnabled", func(u *User) any { return !u.Disabled }, false, "eq in", "ne"},
		{"companyName", func(u *User) any { return textOrNull(u.Company) }, false, "eq in startsWith", "ne"},
		{"department", func(u *User) any { return textOrNull(u.Department) }, false, "eq in startsWith", "ne"},
		{"employeeId", func(u *User) any { return textOrNull(u.EmployeeID) }, false, "eq in startsWith", "ne"},
		{"mailNickname", func(u *User) any { return textOrNull(u.MailNickname) }, false, "eq in startsWith", "ne"},
		{"proxyAddresses", func(u *User) any { return proxyAddresses(u) }, false, "", ""},
		{"userType", func(u *User) any { return u.userType() }, false, "eq in", "ne"},
		{"onPremisesExtensionAttributes", func(u *User) any { return u.attributes() }, false, "", ""},
	}
	return append(list, premisesProperties()...)
}

func premisesProperties() []property[*User] {
	of := func(get func(*OnPremises) string) func(*User) any {
		return func(u *User) any {
			if u.OnPremises == nil {
				return nil
			}
			return textOrNull(get(u.OnPremises))
		}
	}
	return []property[*User]{
		{"onPremisesSyncEnabled", func(u *User) any {
			if u.OnPremises == nil {
				return nil
			}
			return true
		}, false, "eq in", "ne"},
		{"onPremisesImmutableId", of(func(p *OnPremises) string { return p.ImmutableID }), false, "eq in", "ne"},
		{"onPremisesSecurityIdentifier", of(func(p *OnPremises) string { return p.SecurityIdentifier }), false, "", "eq"},
		{"onPremisesSamAccountName", of(func(p *OnPremises) string { return p.SAMAccountName }), false, "", "eq in startsWith"},
		{"onPremisesUserPrincipalName", of(func(p *OnPremises) string { return p.UserPrincipalName }), false, "", "eq in startsWith"},
		{"onPremisesDistinguishedName", of(func(p *OnPremises) string { return p.DistinguishedName }), false, "", ""},
		{"onPremisesDomainName", of(func(p *OnPremises) string { return p.DomainName }), false, "", ""},
	}
}

// extensionProperty is a directory extension, which is answered only when it is
// selected by name.
func extensionProperty(name string) property[*User] {
	return property[*User]{name: name, get: func(u *User) any { return textOrNull(u.Extensions[name]) }, filters: "eq"}
}

func (u *User) userType() string {
	if u.Guest {
		return "Guest"
	}
	return "Member"
}

func (u *User) attributes() map[string]any {
	m := map[string]any{}
	for i, value := range u.Attributes {
		m[attributeName(i)] = textOrNull(value)
	}
	return m
}

// attributeName is the name of one of the fifteen attributes, from 0.
func attributeName(i int) string { return fmt.Sprintf("extensionAttribute%d", i+1) }

func proxyAddresses(u *User) []string {
	if u.Mail == "" {
		return []string{}
	}
	return []string{"SMTP:" + u.Mail}
}

func texts(values ...string) []string {
	list := []string{}
	for _, v := range values {
		if v != "" {
			list = append(list, v)
		}
	}
	return list
}

func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func isExtension(name string) bool { return strings.HasPrefix(name, "extension_") }

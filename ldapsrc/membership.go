package ldapsrc

import (
	"errors"
	"fmt"
	"strings"
)

// Values of Config.Membership and Config.PrimaryGroups.
const (
	fromMembers    = "members"
	fromMemberOf   = "memberOf"
	includePrimary = "include"
	ignorePrimary  = "ignore"
)

// What Active Directory has beside the member lists.
const (
	primaryGroupID = "primaryGroupID"
	objectSID      = "objectSid"
)

// backLinks reports that groups get their members from the members' memberOf.
func (c Config) backLinks() bool { return strings.EqualFold(c.Membership, fromMemberOf) }

// primary reports that people are made members of their primary groups.
func (c Config) primary() bool { return c.PrimaryGroups == includePrimary }

// usersExtra returns the attributes of people that the groups need.
func (c Config) usersExtra() []string {
	var extra []string
	for _, name := range c.Groups.memberAttributes() {
		if c.Groups.byUID(name) {
			extra = append(extra, c.Users.UID)
		}
	}
	if c.backLinks() {
		extra = append(extra, c.Users.MemberOf)
	}
	if c.primary() {
		extra = append(extra, primaryGroupID, objectSID)
	}
	return extra
}

func (c Config) groupsExtra() []string {
	if c.primary() {
		return []string{objectSID}
	}
	return nil
}

func (c Config) membershipMistakes() []error {
	var found []error
	add := func(format string, args ...any) { found = append(found, fmt.Errorf(format, args...)) }

	if c.Membership != "" && !strings.EqualFold(c.Membership, fromMembers) && !c.backLinks() {
		add("membership: %q is not one of members, memberOf", c.Membership)
	}
	if c.PrimaryGroups != "" && !c.primary() && c.PrimaryGroups != ignorePrimary {
		add("primary_groups: %q is not one of include, ignore", c.PrimaryGroups)
	}
	if c.backLinks() && c.Users.MemberOf == "" {
		found = append(found, errors.New("users.member_of: missing; name the attribute with the groups that a person is in, such as memberOf"))
	}
	if c.Groups.Members == "" && !c.backLinks() {
		found = append(found, errors.New("groups.members: missing; name the attribute with the members' DNs, such as member or uniqueMember"))
	}
	for _, name := range c.Groups.memberAttributes() {
		if c.Groups.byUID(name) && c.Users.UID == "" {
			add("groups.members: %s holds uids, so users.uid must name the attribute that they refer to, such as uid", name)
		}
	}
	return found
}

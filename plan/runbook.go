package plan

import (
	"fmt"
	"slices"
	"strings"

	"ldap2scim/internal/views"
)

// Runbook is what people must do around a plan, in order: at the vendor's
// portal, and in Entra ID where that side is done by hand.
type Runbook struct {
	Title string
	// About says what it belongs to, a line each.
	About []string
	Parts []RunbookPart
}

// RunbookPart is one chapter.
type RunbookPart struct {
	Title string
	// Text may be "".
	Text  string
	Items []RunbookItem
	Table *RunbookTable
}

// RunbookItem is one box to tick.
type RunbookItem struct {
	Do string
	// Values are to be typed as they stand.
	Values []string
	// Attest is the command that records it, or "".
	Attest string
	// Done is so where the plan knows it already, and How by what.
	Done bool
	How  string
}

// RunbookTable is a table. Of each column Typed says whether its values are to
// be typed as they stand.
type RunbookTable struct {
	Columns []string
	Typed   []bool
	Rows    [][]string
}

// MakeRunbook makes the runbook of a plan from its rules, and from the vendor's
// records where there were any.
func MakeRunbook(v View, r Rules, t Records) (Runbook, error) {
	groups, err := groupsOf(v)
	if err != nil {
		return Runbook{}, err
	}
	people := v.Objects[Person][ToCreate] + v.Objects[Person][ToAdopt] + v.Objects[Person][ToUpdate] + v.Objects[Person][Unchanged]
	b := Runbook{
		Title: "Runbook for plan " + v.Digest.Short(),
		About: []string{
			"From " + views.Brief(v.Source) + ", read " + views.Moment(v.SnapshotTaken) + ".",
			"To " + views.Brief(v.Destination) + ", read " + views.Moment(v.InventoryTaken) + ".",
			v.Summary.Sentence(),
		},
	}
	b.Parts = append(b.Parts, ldapPart(v.Summary), settingsPart(v.Summary, r), applicationPart(people), attributesPart(r), mappingPart(r), groupsPart(groups))
	work, err := workPart(v)
	if err != nil {
		return Runbook{}, err
	}
	if work != nil {
		b.Parts = append(b.Parts, *work)
	}
	b.Parts = append(b.Parts, startPart(v.Summary))
	if len(t.References) > 0 {
		b.Parts = append(b.Parts, referencesPart(t))
	}
	b.Parts = append(b.Parts, afterPart())
	return b, nil
}

// box is an item for a prerequisite: ticked where the plan knows that it is
// met.
func (s Summary) box(of Prerequisite, name, do string, values ...string) RunbookItem {
	item := RunbookItem{Do: do, Values: values, Attest: strings.TrimSpace("ldap2scim attest "+string(of)+" "+name) + " --by NAME"}
	i := slices.IndexFunc(s.Prerequisites, func(p Prerequired) bool { return p.Of == of && strings.EqualFold(p.Name, name) })
	if i < 0 {
		item.Attest = ""
		return item
	}
	if p := s.Prerequisites[i]; p.Standing != Unknown {
		item.Done, item.How = true, string(p.Standing)+": "+p.words()
	} else if p.Refuted() {
		item.How = "not yet: " + views.Brief(p.Evidence.Sentence)
	}
	return item
}

func do(text string, values ...string) RunbookItem { return RunbookItem{Do: text, Values: values} }

func ldapPart(s Summary) RunbookPart {
	return RunbookPart{
		Title: "The LDAP server",
		Text:  "To disable the LDAP server and to delete it are different things. Deleting it, or one of its groups, makes its people local users. While it is disabled, an LDAP user cannot be deleted for good.",
		Items: []RunbookItem{
			do("Let the LDAP server sync once more, and see in the audit trail that it was successful. After that take the snapshot: ldap2scim snapshot."),
			do("Freeze renames: nobody changes a user ID, a principal name or an email until the report is settled."),
			s.box(LDAPDisabled, "", "On the page of each LDAP server deselect Enable this LDAP Server, and save. Do not delete the server."),
			do("Wait for more than twice the sync interval (15 minutes by default, 8 hours and more in the sandbox). Then export the audit trail and let it prove that nothing syncs: ldap2scim tenant."),
		},
	}
}

func settingsPart(s Summary, r Rules) RunbookPart {
	part := RunbookPart{
		Title: "User Provisioning in Ivanti Neurons for MDM",
		Text:  "Admin > Identity > User Provisioning; in older releases Admin > Microsoft Azure > User Provisioning Entra ID.",
		Items: []RunbookItem{
			do("Generate a token, and copy it and the Target SCIM URL into the place where secrets are kept, and nowhere else. There are two tokens at most; their lifetime is not shown."),
			s.box(InvitationsOff, "", "Edit Settings: Automatically invite users imported from Entra ID is off. Left on, everybody who is migrated is invited by mail to register a device."),
		},
	}
	switch after := r.ManagedAppleID.After; {
	case after.From == "" && r.ManagedAppleID.Before.From != "":
		part.Items = append(part.Items, do("Edit Settings: Managed Apple ID stays off, as the configuration says. Everybody loses the Managed Apple ID that there is now."))
	case after.From != "":
		from := "User email address"
		if name, custom := strings.CutPrefix(after.From, CustomURN); custom {
			from = "Mapping to Custom Attribute: " + name
		}
		part.Items = append(part.Items, s.box(AppleIDSaved, "", `Edit Settings: switch Managed Apple ID on before the first person is migrated, with this pattern. Include "appleid" subdomain is `+map[bool]string{true: "selected.", false: "not selected."}[after.Subdomain], from))
	}
	for _, m := range r.Person {
		if m.custom() {
			part.Items = append(part.Items, s.box(IdPAttribute, m.name(), "Edit Settings: + Add Custom Attribute with this name, letter by letter. It cannot be renamed afterwards, only deleted.", m.name()))
		}
	}
	return part.with(do("Save Changes, and look at Admin > System > Attributes: each of them has the type IDP."))
}

func (p RunbookPart) with(items ...RunbookItem) RunbookPart {
	p.Items = append(p.Items, items...)
	return p
}

func startPart(s Summary) RunbookPart {
	part := RunbookPart{
		Title: "Start",
		Text:  "Entra ID decides the interval, which is about 40 minutes or more. What it provisions can take up to an hour until the MDM shows it, and longer for many users and groups.",
		Items: []RunbookItem{
			do("Provision one person on demand, and look at the MDM: the same account, the source SCIM, the same devices, the same Managed Apple ID, and the custom attributes on the tab Attributes."),
		},
	}
	for _, w := range s.Waves {
		part.Items = append(part.Items, do(fmt.Sprintf("Wave %s: assign %s, and wait until they are there.", views.Brief(w.Name), Person.number(w.People))))
	}
	return part.with(
		do("Start Provisioning. When it is through, download the provisioning logs; Entra ID tries what failed again by itself, and nothing else."),
		do("ldap2scim report reads everything back and adds up; with a block tenant in the configuration it counts the accounts by source too: LDAP goes down, SCIM up, the total stays."),
	)
}

func referencesPart(t Records) RunbookPart {
	table := &RunbookTable{Columns: []string{"where", "what", "after the migration", "instead"}, Typed: []bool{false, true, false, false}}
	for _, r := range t.References {
		table.Rows = append(table.Rows, []string{views.Brief(r.File + ", " + r.Place), views.Brief(r.What), views.Brief(r.After), views.Brief(r.Instead)})
	}
	return RunbookPart{
		Title: "What refers to LDAP", Text: fmt.Sprintf("Found in %d files and configurations. A change of a certificate's subject or alternative names issues it again on every device.", t.Searched),
		Items: []RunbookItem{do("Go through the table, and change each place after the people whom it concerns are migrated.")}, Table: table,
	}
}

func afterPart() RunbookPart {
	return RunbookPart{
		Title: "Afterwards",
		Items: []RunbookItem{
			do("SAML: once it is set up, people of every source sign in through it. Put a local administrator on the exception list first; only local users can be on it. Look at Users > User Settings for the registration of devices by those who stay behind."),
			do("Do not delete groups that were made for units: a group that is deleted in Entra ID is deleted at the MDM, and members of no other group are disabled."),
			do("Whom you delete at the MDM, delete in Entra ID too, or they are made again."),
			do("A mapping that is taken away leaves its values, and a blank value clears nothing: what must go is overwritten or removed by hand."),
			do("The vendor documents no way back from SCIM to LDAP. Keep the LDAP server disabled, and the state file with what was before, until nobody needs them."),
		},
	}
}

package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ldap2scim/internal/views"
)

// entraNames are the attributes of Entra ID that hold what Entra Connect
// synchronises from LDAP attributes, by their lower-case names. What is not
// here needs a directory extension. sAMAccountName is synchronised and cannot
// be the source of a mapping (Microsoft, known issues of provisioning).
func entraNames() map[string]string {
	names := map[string]string{
		"userprincipalname": "userPrincipalName", "mail": "mail", "givenname": "givenName", "sn": "surname", "displayname": "displayName", "cn": "displayName",
		"department": "department", "departmentnumber": "department", "employeeid": "employeeId", "title": "jobTitle", "company": "companyName",
		"physicaldeliveryofficename": "physicalDeliveryOfficeName", "telephonenumber": "telephoneNumber", "mobile": "mobile", "l": "city", "c": "country",
		"mailnickname": "mailNickname", "preferredlanguage": "preferredLanguage", "postalcode": "postalCode", "st": "state", "streetaddress": "streetAddress",
	}
	for n := range 15 {
		name := "extensionAttribute" + strconv.Itoa(n+1)
		names[strings.ToLower(name)] = name
	}
	return names
}

func applicationPart(people int) RunbookPart {
	return RunbookPart{
		Title: "The application in Entra ID",
		Text:  "For those whose Entra side is done by hand. Where ldap2scim sends to the SCIM URL itself, or sets the application up, this part and the next three are done by it.",
		Items: []RunbookItem{
			do("Enterprise applications > + Create your own application, non-gallery, with this name. An app registration cannot provision.", "Ivanti Neurons for MDM User Provisioning"),
			do("Provisioning > Edit provisioning > Admin Credentials: the Target SCIM URL as Tenant URL, the token as Secret Token. Test Connection shows a green check. Save."),
			do(fmt.Sprintf("Settings > Scope. The vendor's page says two things: Sync all users and groups for migrating, and for LDAP to add the same users and groups that LDAP has. This plan has %s: to keep to them, take the second. Sync all sends everybody in the tenant, guests and shared mailboxes too.", Person.number(people)),
				"Sync only assigned users and groups"),
			do("Leave the status Off until the mappings are done."),
		},
	}
}

// mappingPart is the table of the mapping window.
func mappingPart(r Rules) RunbookPart {
	table := &RunbookTable{Columns: []string{"target attribute", "mapping type", "source: type this", "from LDAP"}, Typed: []bool{true, false, true, false}}
	used := map[string]bool{}
	var items []RunbookItem
	table.Rows = append(table.Rows, []string{Active, "Expression", `Switch([IsSoftDeleted], , "False", "True", "True", "False")`, ""})
	for _, m := range r.Person {
		row, note := entraRow(m, used)
		table.Rows = append(table.Rows, row)
		if note != "" {
			items = append(items, do(note))
		}
	}
	part := RunbookPart{
		Title: "The mapping of users",
		Text:  "Mappings > Provision Microsoft Entra ID Users. One attribute can be the source of one row only, and the target of one: where a source is needed twice, the second row is an expression that gives the same.",
		Items: []RunbookItem{
			do("Delete every row that is not in this table: the vendor does not support other attributes."),
			do("userName is the user ID by which the MDM knows the account, and the matching attribute. With another value a second account is made, and the first keeps its devices."),
		},
		Table: table,
	}
	return part.with(items...).with(do("Save. After a change of the mapping Entra ID looks at everybody once more."))
}

// entraRow is one row of the mapping window, and what must be known of it.
func entraRow(m Mapping, used map[string]bool) (row []string, note string) {
	target := m.Target
	names := entraNames()
	source := func(attribute string) string {
		if name := names[attribute]; name != "" {
			return name
		}
		note = fmt.Sprintf("%s: Entra ID has no attribute of its own for LDAP's %s. Let Entra Connect synchronise it as a directory extension, and take the name that the extension gets.", Label(target), attribute)
		return "extension_APPID_" + attribute
	}
	from := strings.Join(m.reads(), ", ")
	switch {
	case m.Constant != "":
		return []string{target, "Constant", views.Brief(m.Constant), "the same for everybody"}, ""
	case m.Expression != "":
		function, attribute := simple(m.Expression)
		switch name := names[attribute]; {
		case attribute == "":
			return []string{target, "Expression", "to be written in Entra ID's own language", views.Brief(m.Expression)},
				fmt.Sprintf("%s: the configuration fills it by an expression, which Entra ID writes otherwise. Write one that gives the same, and try it on the people whom the plan shows: %s", Label(target), views.Brief(m.Expression))
		case function == "" && !used[name]:
			m.Source = attribute // as if it were mapped directly
		default:
			return []string{target, "Expression", cmp.Or(function, "Trim") + "([" + source(attribute) + "])", from}, note
		}
	case len(m.First) > 0:
		var parts []string
		for _, name := range m.First {
			if part := "[" + source(name) + "]"; !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}
		return []string{target, "Expression", "Coalesce(" + strings.Join(parts, ", ") + ")", "the first of " + from}, note
	}
	name := source(m.Source)
	if used[name] {
		return []string{target, "Expression", "Trim([" + name + "])", from}, note
	}
	used[name] = true
	return []string{target, "Direct", name, from}, note
}

// simple reads an expression that takes one attribute, maybe through one
// function that Entra ID has too; the attribute is "" for any other.
func simple(expression string) (function, attribute string) {
	m := regexp.MustCompile(`^(?:(lower|upper|trim)\()?first\("([A-Za-z0-9-]+)"\)(\)?)$`).FindStringSubmatch(strings.TrimSpace(expression))
	if m == nil || (m[1] == "") != (m[3] == "") {
		return "", ""
	}
	return map[string]string{"lower": "ToLower", "upper": "ToUpper", "trim": "Trim"}[m[1]], strings.ToLower(m[2])
}

// attributesPart is what the attribute list must have first.
func attributesPart(r Rules) RunbookPart {
	part := RunbookPart{
		Title: "The attribute list",
		Text:  "Show advanced options > Edit attribute list for customappsso, before the mapping: a target can be chosen only when it is there. The type of each is String; none is required, multi-value or exact case.",
	}
	for _, m := range r.Person {
		if strings.HasPrefix(m.Target, "urn:") {
			part.Items = append(part.Items, do("Add this line.", m.Target))
		}
	}
	if len(part.Items) == 0 {
		return part.with(do("Nothing is to be added."))
	}
	return part.with(do("Save."))
}

// planned is a group of the plan as Entra ID must have it.
type planned struct {
	name, kind string
	members    int
}

// groupsOf collects the groups that the plan wants, with the members that it
// adds.
func groupsOf(v View) ([]planned, error) {
	members := map[ExternalID]int{}
	for s, err := range v.Steps {
		if err != nil {
			return nil, err
		}
		if s.Action == AddMembers {
			members[s.Object] += len(s.Members)
		}
	}
	var all []planned
	for d, err := range v.Decisions {
		if err != nil {
			return nil, err
		}
		if d.Kind == Person || d.Kind == Setting || d.Class == Excluded || d.Class == Blocked {
			continue
		}
		all = append(all, planned{name: d.Name, kind: string(d.Kind), members: members[d.Object]})
	}
	slices.SortFunc(all, func(a, b planned) int { return strings.Compare(a.name, b.name) })
	return all, nil
}

func groupsPart(groups []planned) RunbookPart {
	part := RunbookPart{
		Title: "Groups to assign",
		Text:  "Users and groups > + Add user/group. Entra ID provisions the direct members of a group that is assigned and no others: a group within a group must be assigned itself, or its people be put into the outer one. To assign groups, the tenant needs Entra ID P1.",
	}
	if len(groups) == 0 {
		part.Text = "The plan has no groups; assign the people themselves."
		return part
	}
	part.Table = &RunbookTable{Columns: []string{"group", "made of", "people whom the plan adds"}, Typed: []bool{true, false, false}}
	units := 0
	for _, g := range groups {
		if g.kind == string(Unit) {
			units++
		}
		part.Table.Rows = append(part.Table.Rows, []string{views.Brief(g.name), "an LDAP " + g.kind, views.Digits(g.members)})
	}
	part.Items = append(part.Items, do("Assign each group of the table, under exactly this name. A group of the same name from another source at the MDM stands in its way."))
	if units > 0 {
		part.Items = append(part.Items, do(fmt.Sprintf("%s of them are made of organizational units, which Entra ID does not have: make a group for each, with the people of the unit.", views.Digits(units))))
	}
	return part
}

// mostWork is how many work items a runbook lists.
const mostWork = 50

// workPart lists what only another may write at the destination (E02), or
// returns nil where there is nothing.
func workPart(v View) (*RunbookPart, error) {
	table := &RunbookTable{Columns: []string{"who", "what", "to do"}, Typed: []bool{true, false, false}}
	n := 0
	for f, err := range v.Findings {
		if err != nil {
			return nil, err
		}
		if f.Code != Owned {
			continue
		}
		if n++; n <= mostWork {
			table.Rows = append(table.Rows, []string{views.Brief(f.Name), views.Brief(f.Sentence), views.Brief(f.Remedy)})
		}
	}
	if n == 0 {
		return nil, nil
	}
	part := RunbookPart{
		Title: "Work for those who synchronise",
		Text:  "Who is synced from the directory cannot be written through Microsoft Graph. In Entra Connect: Customize synchronization options > Optional features > Directory extension attribute sync, and add each attribute that is named here; or fill one that is synchronised already.",
		Items: []RunbookItem{do("See to each line, let Entra Connect run, then plan again: ldap2scim plan.")}, Table: table,
	}
	if n > mostWork {
		part.Text += fmt.Sprintf(" The first %d of %s; all of them: ldap2scim show findings --csv.", mostWork, views.Amount(n, "line"))
	}
	return &part, nil
}

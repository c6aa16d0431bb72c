package ivanti

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ldap2scim/plan"
)

// Scan finds in an exported file what refers to LDAP: variables and functions
// on them, custom attributes, LDAP groups and units, ChromeOS. Each is given
// once, with the first place and the number of others. The form of the file
// does not matter, as long as it is text; of a signed profile its plist is
// read.
func Scan(name string, text []byte, custom []Custom) ([]plan.Reference, error) {
	text, err := decoded(plist(text))
	if err != nil {
		return nil, inFile(err, name)
	}
	s := &scanner{custom: custom, certificate: inCertificate().Match(text)}
	s.text(string(text), func(at int) string {
		line, column := place(text, at)
		return fmt.Sprintf("line %d, column %d", line, column)
	})
	return s.found(name, 0), nil
}

// ScanPolicy does the same for a configuration as the interface shows it; the
// place is the path to the value.
func ScanPolicy(policy json.RawMessage, custom []Custom) ([]plan.Reference, error) {
	var v any
	var head struct {
		Name                 string
		InstalledDeviceCount int
	}
	if json.Unmarshal(policy, &v) != nil || json.Unmarshal(policy, &head) != nil {
		return nil, fmt.Errorf("a configuration is not the JSON that it should be")
	}
	s := &scanner{custom: custom, certificate: inCertificate().Match(policy)}
	s.value("", v)
	return s.found("configuration "+strconv.Quote(head.Name), head.InstalledDeviceCount), nil
}

// plist is the text of a signed profile, which lies open in its signature.
func plist(b []byte) []byte {
	from, to := bytes.Index(b, []byte("<?xml")), bytes.LastIndex(b, []byte("</plist>"))
	if len(b) == 0 || b[0] != 0x30 || from < 0 || to < from {
		return b
	}
	return b[from : to+len("</plist>")]
}

// inCertificate finds what makes a configuration one of certificates.
func inCertificate() *regexp.Regexp {
	return regexp.MustCompile(`(?i)subject\s?alt(ernative)?\s?name|com\.apple\.security\.(scep|pkcs|acme)|identity.?cert|\bsan.?type`)
}

// spots are the words that refer to LDAP beside variables.
func spots() []spot {
	return []spot{
		{
			kind: plan.ToUnit, at: regexp.MustCompile(`(?i)\bOU=[^,;"<>|$\r\n]+(,\s?(OU|DC|O|CN|C)=[^,;"<>|$\r\n]+)+`),
			fate: fate{"SCIM has no organizational units, and the rule finds nobody any more", "a group made of the unit: groups.units"},
		},
		{
			kind: plan.ToGroup, at: regexp.MustCompile(`(?i)\bCN=[^,;"<>|$\r\n]+(,\s?(OU|DC|O|CN|C)=[^,;"<>|$\r\n]+)+`),
			fate: fate{"the LDAP group becomes stale; the group from SCIM is another object", "the group of the same name from SCIM, once it is there"},
		},
		{
			kind: plan.ToGroup, at: regexp.MustCompile(`(?i)\bLDAP[ _-]?(user[ _-]?)?groups?\b`),
			fate: fate{"the LDAP group becomes stale; the group from SCIM is another object", "the group of the same name from SCIM, once it is there"},
		},
		{
			kind: plan.ToUnit, at: regexp.MustCompile(`(?i)\bLDAP[ _-]?OUs?\b|\borgani[sz]ational[ _-]?units?\b`),
			fate: fate{"SCIM has no organizational units, and the rule finds nobody any more", "a group made of the unit: groups.units"},
		},
		{
			kind: plan.ToAttribute, at: regexp.MustCompile(`(?i)\bcustom[ _-]?LDAP([ _-]?user)?([ _-]?attributes?)?\b`),
			fate: fate{"its type changes from LDAP to IdP, and rule builders offer IdP attributes in distribution filters alone", "a rule on the IdP attribute where the builder has it, else on a group"},
		},
		{
			kind: plan.ToChromeOS, at: regexp.MustCompile(`(?i)\bchrome[ _-]?os\b`),
			fate: fate{"ChromeOS is distributed by LDAP groups and units alone", "leave those people in LDAP"},
		},
	}
}

// spot is a word, and what becomes of what it stands for.
type spot struct {
	kind plan.ReferenceKind
	at   *regexp.Regexp
	fate
}

// scanner collects what one file refers to.
type scanner struct {
	custom      []Custom
	certificate bool
	list        []plan.Reference
	more        []int
}

func (s *scanner) value(path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			s.value(path+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(key), v[key])
		}
	case []any:
		for i, e := range v {
			s.value(path+"/"+strconv.Itoa(i), e)
		}
	case string:
		s.text(v, func(int) string { return path })
	}
}

func (s *scanner) text(text string, where func(int) string) {
	for _, m := range expression().FindAllStringIndex(text, -1) {
		what := text[m[0]:m[1]]
		for _, name := range names(what[2 : len(what)-1]) {
			s.variable(what, name, where(m[0]))
		}
	}
	for _, spot := range spots() {
		for _, m := range spot.at.FindAllStringIndex(text, -1) {
			if strings.HasSuffix(strings.TrimRight(text[:m[0]], " "), ",") && strings.Contains(text[m[0]:m[1]], "=") {
				continue // the end of a longer name
			}
			s.add(plan.Reference{Kind: spot.kind, What: text[m[0]:m[1]], After: spot.after, Instead: spot.instead, Place: where(m[0])})
		}
	}
}

// variable decides what becomes of one name within an expression.
func (s *scanner) variable(what, name, at string) {
	bare := strings.TrimPrefix(strings.TrimPrefix(name, "ldap."), "LDAP.")
	known := strings.ToLower(bare)
	r := plan.Reference{What: what, Name: bare, Place: at}
	if lost, is := gone()[known]; is {
		r.Kind, r.After, r.Instead = plan.ToVariable, lost.after, lost.instead
		s.add(r)
		return
	}
	if slices.Contains(kept(), known) && bare == name || strings.HasPrefix(known, "device") {
		return
	}
	r.Kind, r.Certificate = plan.ToAttribute, s.certificate
	i := slices.IndexFunc(s.custom, func(c Custom) bool { return strings.EqualFold(c.Was, bare) || strings.EqualFold(c.Name, bare) })
	switch {
	case i < 0:
		r.After = "it is not among the custom attributes that are migrated: if LDAP gives it, its value does not change any more"
		r.Instead = "add it under mapping.custom, or see that it is none of LDAP's"
	case strings.EqualFold(s.custom[i].Name, bare):
		r.After = "its type changes from LDAP to IdP under the same name; which of the two counts while both exist is not documented"
		r.Instead = "${" + s.custom[i].Name + "}, tried on one device first"
	default:
		r.After = "the LDAP attribute keeps its last value and does not change any more"
		r.Instead = "${" + s.custom[i].Name + "}"
	}
	s.add(r)
}

func (s *scanner) add(r plan.Reference) {
	i := slices.IndexFunc(s.list, func(o plan.Reference) bool { return o.Kind == r.Kind && o.What == r.What && o.Name == r.Name })
	if i >= 0 {
		s.more[i]++
		return
	}
	s.list, s.more = append(s.list, r), append(s.more, 0)
}

func (s *scanner) found(file string, devices int) []plan.Reference {
	for i := range s.list {
		s.list[i].File, s.list[i].Devices = file, devices
		if n := s.more[i]; n > 0 {
			s.list[i].Place += fmt.Sprintf(" (and %d more)", n)
		}
	}
	return s.list
}

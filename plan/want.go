package plan

import (
	"fmt"
	"strings"
)

// want is what the rules make of one entry.
type want struct {
	entry  Entry
	fields Fields
	class  Class // Excluded, Blocked, or "" when the object is wanted
	code   Code
	// findings are about this entry alone.
	findings []Finding
	waived   map[Code]string
	// account is what the vendor's records say, if known.
	account Account
	known   bool
	appleID string
	apple   appleFate
}

// name returns the display name of the object: its name field, else its DN.
func (w want) name() string {
	if n := w.fields[nameField(w.entry.Kind)]; n != "" {
		return n
	}
	return w.entry.DN
}

func nameField(k Kind) string {
	if k == Person {
		return UserName
	}
	return DisplayName
}

// refuse takes the object out of the plan. The first reason stands.
func (w *want) refuse(c Class, f Finding) {
	if w.class == "" {
		w.class, w.code = c, f.Code
	}
	w.findings = append(w.findings, f.about(w.entry))
}

// block refuses the object, or warns when the rules waive the check.
func (w *want) block(code Code, sentence, remedy string) {
	if reason, waived := w.waived[code]; waived {
		f := Finding{Code: code, Severity: Warn, Sentence: sentence, Remedy: "let through by the configuration: " + reason + "; else " + remedy, Waived: reason}
		w.findings = append(w.findings, f.about(w.entry))
		return
	}
	w.refuse(Blocked, Finding{Code: code, Severity: Block, Sentence: sentence, Remedy: remedy})
}

func (w *want) warn(code Code, sentence, remedy string) {
	f := Finding{Code: code, Severity: Warn, Sentence: sentence, Remedy: remedy}
	w.findings = append(w.findings, f.about(w.entry))
}

// want applies the rules to one entry, alone.
func (m *mapper) want(e Entry) want {
	w := want{entry: e, fields: Fields{}, waived: m.rules.Waived}
	if e.Kind == Person {
		w.fields[Active] = "true"
	}
	for _, f := range m.fills[e.Kind] {
		w.take(f, m.longest)
	}
	if name := named(m.rules.UserNames, e); name != "" && e.Kind == Person {
		w.fields[UserName] = name
	}
	for _, flaw := range e.Flaws {
		w.warn(FlawedEntry, flaw, "correct the entry in the directory")
	}
	if strings.HasPrefix(string(e.ID), "dn:") {
		w.block(NoStableID, "the entry has no stable ID, so a later rename would look like a new object",
			"give the reader the right to read the ID attribute, or name another in the configuration")
	}
	if why := m.rules.inactive(e); why != "" {
		w.refuse(Excluded, Finding{
			Code: Inactive, Severity: Note, Sentence: why + "; inactive people cannot be provisioned",
			Remedy: "enable the account in the directory if the person is to be migrated",
		})
		w.account, w.known = m.tenant.account(w)
		w.checkDevices()
		return w
	}
	if w.fields[nameField(e.Kind)] == "" {
		w.block(NoName, fmt.Sprintf("no value for %s", nameField(e.Kind)), "fill the attribute that "+nameField(e.Kind)+" is mapped from")
	}
	if e.Kind == Person {
		w.checkPerson()
		w.account, w.known = m.tenant.account(w)
		w.checkAccount(m.fills[Person])
		w.checkAppleID(m.rules.ManagedAppleID)
	}
	return w
}

// inactive says why a person is disabled in the directory, or "".
func (r Rules) inactive(e Entry) string {
	switch {
	case e.Kind != Person:
		return ""
	case e.Inactive != "":
		return "disabled in the directory (" + e.Inactive + ")"
	case r.Inactive.holds(e):
		return "disabled in the directory"
	}
	return ""
}

// checkPerson holds a person against the vendor's rules that concern nobody
// else.
func (w *want) checkPerson() {
	switch mail := w.fields[WorkEmail]; {
	case mail == "":
		w.block(BadEmail, "no email address, which is mandatory", "fill the person's email attribute in the directory")
	case !plausibleEmail(mail):
		w.block(BadEmail, fmt.Sprintf("%q is not an email address", mail), "correct the person's email attribute in the directory")
	}
	for _, field := range []string{GivenName, FamilyName} {
		if w.fields[field] == "" {
			w.block(BlankPersonal, field+" is blank, with which migration fails", "fill the attribute that "+field+" is mapped from")
		}
	}
}

// plausibleEmail accepts what a mail system could deliver (RFC 5321 §4.1.2,
// without quoted local parts): one @, something before it, a domain after it.
func plausibleEmail(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	return found && local != "" && domain != "" && !strings.ContainsAny(s, " \t\r\n<>,;") &&
		!strings.Contains(domain, "@") && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".")
}

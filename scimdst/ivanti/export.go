package ivanti

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ldap2scim/plan"
)

// headings are those under which the portal may export a field, in lower case.
// The vendor documents none of them.
func headings() map[string][]string {
	return map[string][]string{
		"uid":      {"user id", "userid", "uid", "username", "user name"},
		"email":    {"email address", "email", "e-mail", "emailaddress"},
		"first":    {"first name", "firstname"},
		"last":     {"last name", "lastname"},
		"source":   {"source", "user source", "account source", "accountsource"},
		"enabled":  {"status", "enabled", "account status", "user status"},
		"devices":  {"device count", "devices", "devicecount"},
		"apple_id": {"managed apple id", "managed apple account", "managedappleid"},
		"guid":     {"object guid", "objectguid", "guid", "ldap guid"},
		"no_sync":  {"sync status", "sync state", "sync"},
	}
}

// Exported is what an export says.
type Exported struct {
	Accounts []plan.Account
	// AppleIDs tells whether it says anything of Managed Apple IDs: an account
	// without one then has none.
	AppleIDs bool
}

// ReadExport reads the portal's export of accounts: separated by commas,
// semicolons or tabs, in UTF-8, UTF-16 or Latin-1. Only the column of the user
// ID must be there. Columns that are no field are taken for LDAP attributes.
// The error says at which line and column a file cannot be read.
func ReadExport(text []byte, columns map[string]string) (Exported, error) {
	text, err := decoded(text)
	if err != nil {
		return Exported{}, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.ReuseRecord = separator(text), true
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return Exported{}, &PlaceError{Line: 1, Err: errors.New("the file is empty")}
	}
	if err != nil {
		return Exported{}, misread(err)
	}
	t, err := tableOf(slices.Clone(head), columns)
	if err != nil {
		return Exported{}, err
	}
	var said Exported
	_, said.AppleIDs = t.at["apple_id"]
	lines := map[string]int{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return said, nil
		}
		if err != nil {
			return Exported{}, misread(err)
		}
		line, _ := r.FieldPos(0)
		a, field, err := t.account(row)
		if err != nil {
			_, column := r.FieldPos(field)
			return Exported{}, &PlaceError{Line: line, Column: column, Err: err}
		}
		if first, twice := lines[plan.Fold(a.UID)]; twice {
			return Exported{}, &PlaceError{Line: line, Column: 1, Err: fmt.Errorf("the user ID is that of line %d, and a user ID is unique", first)}
		}
		lines[plan.Fold(a.UID)] = line
		said.Accounts = append(said.Accounts, a)
	}
}

func misread(err error) error {
	e, is := errors.AsType[*csv.ParseError](err)
	if !is {
		return err
	}
	why := e.Err
	if errors.Is(why, csv.ErrFieldCount) {
		why = errors.New("the line has another number of fields than the first")
	}
	return &PlaceError{Line: e.Line, Column: e.Column, Err: why}
}

// separator is the sign that stands most often in the first line.
func separator(text []byte) rune {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ',', 0
	for _, sign := range []rune{',', ';', '\t'} {
		if n := bytes.Count(first, []byte(string(sign))); n > most {
			best, most = sign, n
		}
	}
	return best
}

// table knows which column holds what.
type table struct {
	at     map[string]int
	others map[int]string // LDAP attributes by column
}

func tableOf(head []string, columns map[string]string) (table, error) {
	t := table{at: map[string]int{}, others: map[int]string{}}
	names := make([]string, len(head))
	for i, h := range head {
		names[i] = strings.ToLower(strings.TrimSpace(h))
	}
	known := headings()
	for _, field := range slices.Sorted(maps.Keys(known)) {
		wanted := known[field]
		if own := columns[field]; own != "" {
			wanted = []string{strings.ToLower(own)}
		}
		for i, name := range names {
			if _, found := t.at[field]; !found && slices.Contains(wanted, name) {
				t.at[field] = i
			}
		}
		if _, found := t.at[field]; !found && columns[field] != "" {
			return t, &PlaceError{Line: 1, Err: fmt.Errorf("there is no column %q; there are %s", columns[field], strings.Join(head, ", "))}
		}
	}
	if _, found := t.at["uid"]; !found {
		return t, &PlaceError{Line: 1, Err: fmt.Errorf("there is no column with the user ID (%s); name it under columns.uid", strings.Join(known["uid"], ", "))}
	}
	taken := slices.Collect(maps.Values(t.at))
	for i, name := range names {
		if name != "" && !slices.Contains(taken, i) {
			t.others[i] = strings.TrimPrefix(name, "ldap.")
		}
	}
	return t, nil
}

// account reads a row. The error is about the field of that number.
func (t table) account(row []string) (a plan.Account, field int, err error) {
	get := func(name string) string {
		i, found := t.at[name]
		if !found {
			return ""
		}
		field = i
		return unguarded(row[i])
	}
	a = plan.Account{
		UID: get("uid"), Email: get("email"), Source: sourceOf(get("source")),
		AppleID: get("apple_id"), IDs: stableIDs(get("guid")), NoSync: isNoSync(get("no_sync")),
	}
	if a.UID == "" {
		return a, t.at["uid"], errors.New("the user ID is blank")
	}
	if isMasked(a.UID) || isMasked(a.Email) {
		return a, t.at["uid"], &MaskedError{Masked: 1, Of: 1}
	}
	switch plan.Fold(get("enabled")) {
	case "", "active", "enabled", "true", "yes", "invited", "pending":
	case "disabled", "inactive", "false", "no":
		a.Disabled = true
	default:
		return a, field, errors.New("this says neither that the account is enabled nor that it is disabled")
	}
	if n := get("devices"); n != "" {
		if a.Devices, err = strconv.Atoi(n); err != nil || a.Devices < 0 {
			return a, field, errors.New("this is not a number of devices")
		}
	}
	for i, name := range t.others {
		if value := unguarded(row[i]); value != "" {
			if a.Values == nil {
				a.Values = map[string]string{}
			}
			a.Values[name] = value
		}
	}
	return a, 0, nil
}

func isNoSync(s string) bool {
	return strings.ReplaceAll(plan.Fold(strings.NewReplacer("_", "", " ", "").Replace(s)), "-", "") == "nosync"
}

// unguarded takes back what the portal does to a value against spreadsheets:
// an apostrophe before + - = @, and a backslash before a vertical bar (IVD).
func unguarded(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("+-=@", rune(s[1])) {
		s = s[1:]
	}
	return strings.ReplaceAll(s, `\|`, "|")
}

package ivantitest

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The most that a page holds.
const (
	mostRows      = 500
	mostGroupRows = 50
	mostCPSRows   = 50
)

// partition is the only device space.
const partition = "27181"

// Device is a device of somebody's.
type Device struct {
	ID           int64
	UID          string
	State        string // ACTIVE, RETIRE_PENDING, RETIRED
	UserEnrolled bool
	Platform     string // IOS, MAC, ANDROID, CHROMEOS
}

// Policy is a configuration or policy.
type Policy struct {
	ID        int64
	Name      string
	Type      string
	Installed int
	// Settings are shown with it.
	Settings map[string]any
}

func answer(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // unreachable: what is answered is text and numbers
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b) // a client that has gone does not matter
}

func refuse(w http.ResponseWriter, code, message string) {
	answer(w, http.StatusBadRequest, map[string]any{"errors": map[string]any{
		"globalErrors": nil, "fieldErrors": []any{map[string]any{"code": code, "message": message}},
	}})
}

// window reads start and rows; offset is not known here.
func window(w http.ResponseWriter, q url.Values, start, rows string, most int) (from, n int, ok bool) {
	n = min(most, 50)
	var err1, err2 error
	if q.Has(rows) {
		n, err1 = strconv.Atoi(q.Get(rows))
	}
	if q.Has(start) {
		from, err2 = strconv.Atoi(q.Get(start))
	}
	if err1 != nil || err2 != nil || n < 1 || n > most || from < 0 {
		refuse(w, "Range", fmt.Sprintf("must be between 1 and %d", most))
		return 0, 0, false
	}
	return from, n, true
}

func cut[T any](all []T, from, n int) []T {
	from = min(from, len(all))
	return all[from:min(from+n, len(all))]
}

func (s *Server) hide(t string) string {
	if s.options.Masked && t != "" {
		return t[:1] + "*****"
	}
	return t
}

func (s *Server) listAccounts(w http.ResponseWriter, r *http.Request) {
	from, n, ok := window(w, r.URL.Query(), "start", "rows", mostRows)
	if !ok {
		return
	}
	chosen := s.accounts
	if uid, one := strings.CutPrefix(r.URL.Query().Get("fq"), "UID="); one {
		chosen = slices.DeleteFunc(slices.Clone(chosen), func(a *Account) bool { return !strings.EqualFold(a.UID, uid) })
	}
	sources, types := map[string]int{}, map[string]int{}
	for _, a := range chosen {
		sources[a.Source]++
		types["USER"]++
	}
	list := []any{}
	for _, a := range cut(chosen, from, n) {
		groups := a.Groups
		if a.Source == SCIM {
			groups = s.groupsOf(a.UID)
		}
		list = append(list, map[string]any{
			"id": a.ID, "uid": s.hide(a.UID), "emailAddress": s.hide(a.Email), "firstName": s.hide(a.First), "lastName": s.hide(a.Last), "displayName": s.hide(a.Display),
			"accountSource": a.Source, "accountType": "USER", "enabled": !a.Disabled, "deviceCount": s.devicesOf(a.UID),
			"groups": groups, "objectGuid": a.GUID, "distinguishedName": s.hide(a.DN),
		})
	}
	answer(w, http.StatusOK, map[string]any{"errors": nil, "result": map[string]any{
		"totalCount": len(chosen), "offset": 0, "searchResults": list,
		"facetedResults": map[string]any{"ACCOUNTSOURCE": sources, "ACCOUNTTYPE": types},
	}})
}

func (s *Server) groupsOf(uid string) []string {
	names := []string{}
	for id, ids := range s.members {
		if slices.ContainsFunc(ids, func(m string) bool { return strings.EqualFold(s.scimUser[m], uid) }) {
			names = append(names, s.scimGroup[id])
		}
	}
	slices.Sort(names)
	return names
}

func (s *Server) devicesOf(uid string) int {
	n := 0
	for _, d := range s.options.Devices {
		if strings.EqualFold(d.UID, uid) && d.State != "RETIRED" {
			n++
		}
	}
	return n
}

func (s *Server) listGroups(w http.ResponseWriter, r *http.Request) {
	from, n, ok := window(w, r.URL.Query(), "start", "rows", mostGroupRows)
	if !ok {
		return
	}
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(s.groups)) {
		list = append(list, map[string]any{"name": name, "source": s.groups[name]})
	}
	answer(w, http.StatusOK, map[string]any{"errors": nil, "result": map[string]any{"totalCount": len(list), "searchResults": cut(list, from, n)}})
}

func (s *Server) tenant(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"errors": nil, "result": map[string]any{"defaultDmPartitionId": partition}})
}

func (s *Server) listDevices(w http.ResponseWriter, r *http.Request) {
	s.inPartition(w, r, func() []any {
		list := []any{}
		for _, d := range s.options.Devices {
			list = append(list, map[string]any{
				"id": d.ID, "uid": s.hide(d.UID), "registrationState": d.State, "userEnrolled": d.UserEnrolled, "platformType": d.Platform,
			})
		}
		return list
	})
}

func (s *Server) listPolicies(w http.ResponseWriter, r *http.Request) {
	s.inPartition(w, r, func() []any {
		list := []any{}
		for _, p := range s.options.Policies {
			shown := map[string]any{"id": p.ID, "name": p.Name, "policyType": p.Type, "enabled": true, "installedDeviceCount": p.Installed, "totalDeviceCount": p.Installed}
			maps.Copy(shown, p.Settings)
			list = append(list, shown)
		}
		return list
	})
}

func (s *Server) inPartition(w http.ResponseWriter, r *http.Request, all func() []any) {
	if r.URL.Query().Get("dmPartitionId") != partition {
		refuse(w, "NotNull", "dmPartitionId is missing or unknown")
		return
	}
	from, n, ok := window(w, r.URL.Query(), "start", "rows", mostRows)
	if !ok {
		return
	}
	list := all()
	answer(w, http.StatusOK, map[string]any{"errors": nil, "result": map[string]any{"totalCount": len(list), "searchResults": cut(list, from, n)}})
}

// cps answers the search by the beginning of a user ID. The names of LDAP
// attributes come back in lower case, and a GUID as escaped bytes.
func (s *Server) cps(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	from, n, ok := window(w, q, "offset", "limit", mostCPSRows)
	if !ok {
		return
	}
	prefix := strings.ToLower(q.Get("uid"))
	if prefix == "" {
		refuse(w, "NotNull", "uid or guid is missing")
		return
	}
	list := []any{}
	for _, a := range s.accounts {
		if !strings.HasPrefix(strings.ToLower(a.UID), prefix) {
			continue
		}
		custom := map[string]string{}
		for name, value := range a.LDAP {
			custom[strings.ToLower(name)] = value
		}
		if b := guidBytes(a.GUID); b != nil {
			custom["objectguid"] = escaped(b)
		}
		shown := map[string]any{
			"userId": s.hide(a.UID), "enabled": !a.Disabled, "accountSource": a.Source, "emailAddress": s.hide(a.Email),
			"customAttributes": a.IdP, "ldapCustomAttributes": custom,
		}
		if strings.Contains(q.Get("fields"), "ldapStandardAttributes") {
			shown["ldapStandardAttributes"] = map[string]string{"distinguishedName": s.hide(a.DN)}
		}
		list = append(list, shown)
	}
	answer(w, http.StatusOK, map[string]any{"totalCount": len(list), "results": cut(list, from, n)})
}

// guidBytes are those of an objectGUID ([MS-DTYP] §2.3.4.2), or nil.
func guidBytes(text string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err != nil || len(b) != 16 {
		return nil
	}
	slices.Reverse(b[0:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return b
}

func escaped(b []byte) string {
	var t strings.Builder
	for _, c := range b {
		fmt.Fprintf(&t, `\%02x`, c)
	}
	return t.String()
}

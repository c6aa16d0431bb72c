package ivanti_test

import (
	"testing"
	"time"

	"ldap2scim/plan"
	"ldap2scim/scimdst/ivanti"
)

// FuzzFiles: whatever is exported is read, or refused; what is read says who
// each account is, and a trail without an edit proves nothing.
func FuzzFiles(f *testing.F) {
	f.Add([]byte("User ID;Devices\nada;1\n"))
	f.Add([]byte("\xff\xfeU\x00"))
	f.Add([]byte(`[{"createdAt":1,"entityType":"LDAP Server","actionType":"Sync started"}]`))
	f.Add([]byte("CEF:25|a|b|c|d|LDAP Sync Start|Low|rt=5 cs1={\"a\\=\":1}\n"))
	f.Add([]byte(`${fn:upper("${", userDN)} OU=a,DC=b`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if said, err := ivanti.ReadExport(text, nil); err == nil {
			for _, a := range said.Accounts {
				if a.UID == "" || a.Devices < 0 {
					t.Errorf("%+v", a)
				}
			}
		}
		if events, err := ivanti.ReadTrail(text); err == nil {
			for i := range events {
				events[i].What = "LDAP Sync start"
			}
			if e := ivanti.JudgeTrail(events, time.Minute, time.Time{}); e.Bearing == plan.Proves {
				t.Errorf("proven without an edit: %+v", e)
			}
		}
		if refs, err := ivanti.Scan("f", text, nil); err == nil {
			for _, r := range refs {
				if r.What == "" || r.Place == "" || r.After == "" || r.Instead == "" {
					t.Errorf("%+v", r)
				}
			}
		}
	})
}

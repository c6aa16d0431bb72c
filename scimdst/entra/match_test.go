package entra

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// entry is a person of Active Directory.
func entry(id, sam string) plan.Entry {
	return plan.Entry{
		Kind: plan.Person, ID: plan.ExternalID(id), DN: "CN=" + sam + ",OU=Staff,DC=corp,DC=example",
		Attrs: map[string][]string{"samaccountname": {sam}, "userprincipalname": {sam + "@corp.example"}},
	}
}

// TestKeys: the values that Entra Connect makes of what the directory has. The
// GUID and its base64 are those of learn.microsoft.com/entra/identity/hybrid/connect/plan-connect-design-concepts
// turned by hand; the SID is that of [MS-DTYP] §2.4.2.3.
func TestKeys(t *testing.T) {
	t.Parallel()
	e := entry("00112233-4455-6677-8899-aabbccddeeff", "Ada")
	raw, err := hex.DecodeString("010500000000000515000000" + "15cd5b07" + "b168de3a" + "e5bf4a1d" + "f4010000")
	if err != nil {
		t.Fatal(err)
	}
	e.Attrs["objectsid"] = []string{string(raw)}
	got := keysOf(e, plan.Fields{plan.WorkEmail: "Ada@Example.com"})
	want := keys{"MyIRAFVEd2aImaq7zN3u/w==", plan.Fold("S-1-5-21-123456789-987654321-491438053-500"), `corp.example\ada`, "ada@corp.example", "ada@example.com"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	e.Attrs["ms-ds-consistencyguid"] = []string{strings.Repeat("\x01", 16)}
	if got := keysOf(e, nil)[0]; got != "AQEBAQEBAQEBAQEBAQEBAQ==" {
		t.Errorf("the consistency GUID comes first, and it is %q", got)
	}
	if sid("short") != "" || immutableID(plan.Entry{ID: "ada"}) != "" {
		t.Error("what is no SID or GUID gives a key")
	}
}

// TestMatching: the surest key wins, one person is one account, and what is
// ambiguous stays so.
func TestMatching(t *testing.T) {
	t.Parallel()
	ada, bob, cid := entry("00112233-4455-6677-8899-aabbccddeeff", "ada"), entry("b", "bob"), entry("c", "cid")
	twin1, twin2 := entry("t1", "x1"), entry("t2", "x2")
	twin1.Attrs, twin2.Attrs = nil, nil
	mails := map[plan.ExternalID]string{"b": "bob@example.com", "t1": "twin@example.com", "t2": "twin@example.com"}
	m := &matcher{}
	for _, e := range []plan.Entry{ada, bob, cid, twin1, twin2} {
		if err := m.add(e.ID, keysOf(e, plan.Fields{plan.WorkEmail: mails[e.ID]})); err != nil {
			t.Fatal(err)
		}
	}
	m.index.seal()
	var got []string
	yield := func(r plan.Resource) error {
		got = append(got, string(r.RemoteID)+" "+string(r.ExternalID)+" "+r.Fields[plan.FactMatched])
		return nil
	}
	meet := func(id string, k keys) {
		t.Helper()
		if err := m.meet(plan.Resource{RemoteID: plan.RemoteID(id), Fields: plan.Fields{}}, k.folded(), yield); err != nil {
			t.Fatal(err)
		}
	}
	meet("1-old-ada", keys{"", "", "", "ADA@corp.example", ""}) // an account that stayed behind
	meet("2-ada", keys{"MyIRAFVEd2aImaq7zN3u/w==", "", "", "other@corp.example", ""})
	meet("3-bob", keys{"", "", "", "", "BOB@example.com"})
	meet("4-bob", keys{"", "", "", "", "bob@example.com"})
	meet("5-cid", keys{"", "", `CORP.example\CID`, "", ""})
	meet("6-twin", keys{"", "", "", "", "twin@example.com"})
	meet("7-stranger", keys{"", "", "", "nobody@corp.example", ""})
	if err := m.finish(yield); err != nil {
		t.Fatal(err)
	}
	gone := func(id string, k keys) {
		t.Helper()
		if err := m.left(plan.Resource{RemoteID: plan.RemoteID(id), Fields: plan.Fields{}}, k, yield); err != nil {
			t.Fatal(err)
		}
	}
	gone("8-deleted-ada", keys{"MyIRAFVEd2aImaq7zN3u/w=="})
	slices.Sort(got)
	want := []string{
		"1-old-ada  ", "2-ada 00112233-4455-6677-8899-aabbccddeeff immutable ID", "3-bob b mail", "4-bob b mail",
		"5-cid c domain and account name", "6-twin  ", "7-stranger  ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

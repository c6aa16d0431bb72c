package checkpoints

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// An entry comes back as it was, whatever bytes are in it, between others.
func FuzzEntry(f *testing.F) {
	f.Add("a", "uid=a", "mail", "a@x", "", "", "")
	f.Add("dn:?\xff", "cn=\"\\\",\x80\xed\xb2\x80", "base64", "\xff\x00", "ann", "locked <&>\u2028", "uid=\xc3,]}")
	f.Add("\x00", "\xed\xb2\x80 \\udc80", "a", "\"}],[{", "\"", "\\", "\U0001f600\b\f\n\r\t/")
	f.Fuzz(func(t *testing.T, id, dn, name, value, uid, inactive, member string) {
		id = "i" + id                        // there is none without an ID
		name = strings.ToValidUTF8(name, "") // a description is ASCII (RFC 4512 §2.5)
		want := []plan.Entry{
			{Kind: plan.Group, ID: plan.ExternalID(id), DN: dn, Key: dn + value, Attrs: map[string][]string{name: {value, dn}, "": {}}, UID: uid, Inactive: inactive},
			{Kind: plan.Group, ID: plan.ExternalID(id + dn), DN: member, Attrs: map[string][]string{}, Members: []string{member, dn, ""}, Flaws: []string{inactive, value}},
			{Kind: plan.Group, ID: plan.ExternalID(id + value), Attrs: map[string][]string{}},
			{Kind: plan.Group, ID: plan.ExternalID(id + uid), Attrs: map[string][]string{}, MemberUIDs: []string{uid, value}},
		}
		var p packer
		var b builder
		var made []block
		put := func(b block) error { made = append(made, b); return nil }
		for _, e := range want {
			if err := p.pack(e); err != nil {
				if !strings.HasPrefix(name, base64Prefix) {
					t.Error(err)
				}
				return
			}
			if err := b.add(p.key, readPacked(p.value), put); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.end(put); err != nil || len(made) != 1 || made[0].objects != len(want) || made[0].first != plan.ExternalID(id) {
			t.Fatalf("%+v, %v", made, err)
		}
		got := unpack(t, made[0], (*blockReader).entry)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// unpack reads all objects of a block, as next reads one.
func unpack[T any](t *testing.T, made block, next func(*blockReader, plan.Kind) (T, error)) (got []T) {
	t.Helper()
	b, err := scanBlock(columns{made.body, made.members})
	if err != nil {
		t.Fatal(err)
	}
	for !b.ended {
		v, err := next(&b, made.kind)
		if err != nil {
			t.Fatalf("%v in %s %s", err, made.body, made.members)
		}
		got = append(got, v)
	}
	return got
}

// columns are body and members as a row.
type columns [2]string

func (c columns) Scan(into ...any) error {
	*into[0].(*string) = c[0] //nolint:forcetypeassert // as scanBlock has it
	*into[1].(*any) = c[1]    //nolint:forcetypeassert // as scanBlock has it
	return nil
}

// What is damaged is an error, and nothing else.
func TestDamagedBlocks(t *testing.T) {
	t.Parallel()
	whole := columns{`[["a","dn","key",{"cn":["\"{"]},"uid","",["f\u0041"]],["b","","",{}]]`, `[[["m"],["u"]],[]]`}
	if got := unpack(t, block{kind: plan.Group, body: whole[0], members: whole[1]}, (*blockReader).entry); len(got) != 2 || got[0].Flaws[0] != "fA" || got[0].MemberUIDs[0] != "u" {
		t.Fatalf("%+v", got)
	}
	for column := range whole {
		for n := range whole[column] {
			c := whole
			if c[column] = c[column][:n]; c[1] == "" {
				continue // is none
			}
			b, err := scanBlock(c)
			for err == nil && !b.ended {
				_, err = b.entry(plan.Group)
			}
			if err == nil {
				t.Errorf("no error: %q", c)
			}
		}
	}
}

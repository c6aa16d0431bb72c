package ldapsrc

import (
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

func TestFoldDN(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ dn, want string }{
		{"", ""},
		{"  ", ""},
		{"uid=ada,ou=people,dc=example,dc=com", "uid=ada,ou=people,dc=example,dc=com"},
		{"UID=Ada , OU = People;DC=Example, dc=COM", "uid=ada,ou=people,dc=example,dc=com"},
		{`cn=Lovelace\, Ada,dc=x`, `cn=lovelace\, ada,dc=x`},
		{`cn=Lovelace\2C Ada,dc=x`, `cn=lovelace\, ada,dc=x`},
		{`cn=Lovelace\2c  Ada,dc=x`, `cn=lovelace\, ada,dc=x`},
		{`cn=a\20 ,dc=x`, `cn=a,dc=x`},
		{`cn=\20a,dc=x`, `cn=a,dc=x`},
		{"cn=a\u00a0 b,dc=x", `cn=a b,dc=x`},
		{`cn=a\0ab,dc=x`, `cn=a b,dc=x`},
		{`ou=x+CN=a,dc=x`, `cn=a+ou=x,dc=x`},
		{`cn=#0403416461,dc=x`, `cn=ada,dc=x`},
		{`cn=\#1,dc=x`, `cn=\#1,dc=x`},
		{`2.5.4.3=Ada,OID.2.5.4.11=x,domainComponent=y`, `cn=ada,ou=x,dc=y`},
		{`userid=a,organizationName=x`, `uid=a,o=x`},
		{`cn=STRASSE,dc=x`, `cn=strasse,dc=x`},
		{`cn=Straße,dc=x`, `cn=strasse,dc=x`},
		{`cn=\C3\96,dc=x`, `cn=ö,dc=x`},
		{"cn=o\u0308,dc=x", `cn=ö,dc=x`},
		{`cn=\ff\00,dc=x`, `cn=\ff\00,dc=x`},
		{`cn=a=b,dc=x`, `cn=a=b,dc=x`},
		{`cn=,dc=x`, `cn=,dc=x`},
	} {
		got, err := FoldDN(test.dn)
		if err != nil || got != test.want {
			t.Errorf("FoldDN(%q): got %q, %v, want %q", test.dn, got, err, test.want)
		}
	}
}

func TestFoldDNRefuses(t *testing.T) {
	t.Parallel()
	for _, dn := range []string{
		"ada", "cn", "cn=a,", ",cn=a", "cn=a,,dc=x", `cn=a\`, `cn=\zz`, "cn=\xff",
		"c n=a", "cn=#zz", "cn=a+", "=a", `cn="a"`, "c\u00e9=a",
	} {
		if got, err := FoldDN(dn); err == nil {
			t.Errorf("FoldDN(%q): got %q, want an error", dn, got)
		}
	}
}

// The memory of parents must not change what a DN folds to.
func TestFolderRemembers(t *testing.T) {
	t.Parallel()
	var f folder
	for range 3 {
		for _, dn := range []string{"cn=a,OU=X,dc=y", "cn=b,OU=X,dc=y", "cn=b, OU=X,dc=y", "OU=X,dc=y"} {
			got, err := f.fold(dn)
			if want, _ := FoldDN(dn); err != nil || got != want {
				t.Errorf("fold(%q): got %q, %v, want %q", dn, got, err, want)
			}
		}
	}
	for i := range 3 * rememberedParents {
		if _, err := f.fold("cn=a,ou=" + strings.Repeat("x", i%97) + string(rune('a'+i%26)) + ",dc=" + strings.Repeat("y", i/97)); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.parents) > rememberedParents {
		t.Errorf("remembered %d parents, want at most %d", len(f.parents), rememberedParents)
	}
}

func FuzzFoldDN(f *testing.F) {
	for _, dn := range []string{
		"uid=ada,ou=people,dc=example,dc=com", `cn=Lovelace\, Ada+ou=x,dc=x`, `cn=\ff,dc=x`,
		`cn=#0403416461`, "cn=\u1fb3\u0345", "cn=a  b; dc=\\20", `OID.2.5.4.3=x=y`, "cn=\u0345\u03b1",
	} {
		f.Add(dn)
	}
	f.Fuzz(func(t *testing.T, dn string) {
		key, err := FoldDN(dn)
		if err != nil {
			return
		}
		again, err := FoldDN(key)
		if err != nil || again != key {
			t.Fatalf("FoldDN(%q) = %q, and again %q, %v", dn, key, again, err)
		}
		// What the library takes for one name must be one key: its own
		// print of the DN is another spelling.
		parsed, err := ldap.ParseDN(dn)
		if err != nil {
			t.Fatalf("FoldDN(%q) = %q, but ParseDN: %v", dn, key, err)
		}
		printed, err := FoldDN(parsed.String())
		if err != nil || printed != key {
			t.Fatalf("FoldDN(%q) = %q, but of its print %q: %q, %v", dn, key, parsed, printed, err)
		}
	})
}

// The quick way must agree with the parser.
func FuzzFoldPlain(f *testing.F) {
	for _, rdn := range []string{"uid=ada", "CN=Ada Lovelace", "OID.2.5.4.3=A=B", "gn= a", "cn=a  b", "ou=R&D", "x.y=#1"} {
		f.Add(rdn)
	}
	f.Fuzz(func(t *testing.T, rdn string) {
		plain, ok := appendPlain([]byte("x"), rdn)
		if !ok {
			plain = append(plain, "x"...)
		}
		if parsed, err := foldParsed(rdn); ok && (err != nil || "x"+parsed != string(plain)) || !ok && string(plain) != "xx" {
			t.Errorf("%q: got %q, and parsed %q, %v", rdn, plain, parsed, err)
		}
	})
}

// What a folder has folded before makes no difference.
func FuzzFolder(f *testing.F) {
	f.Add("uid=ada,ou=People,dc=x", "UID=Bob,ou=people,dc=x", "cn=\\,,ou=People,dc=x")
	f.Add("", "cn=a,", ",")
	f.Add("cn=a+b=c,dc=x", "dc=x", "cn=\xc3\x84,dc=x")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		var used folder
		for _, dn := range []string{a, b, c, b, a} {
			got, gotErr := used.fold(dn)
			want, wantErr := FoldDN(dn)
			if got != want || (gotErr == nil) != (wantErr == nil) {
				t.Errorf("%q: got %q, %v, want %q, %v", dn, got, gotErr, want, wantErr)
			}
		}
	})
}

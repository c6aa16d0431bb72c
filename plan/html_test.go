package plan_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"ldap2scim/plan"
)

// parsed is a page as a browser reads it.
type parsed struct {
	elements []string // with the names of their attributes, in order
	text     string
	ids      map[string]int
	links    []string
	policy   string
	inline   []string // the content of style and script
}

func parse(t testing.TB, text []byte) parsed {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p := parsed{ids: map[string]int{}}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.CommentNode:
			t.Errorf("a comment: %.80q", n.Data)
		case n.Type == html.TextNode && (n.Parent.Data == "style" || n.Parent.Data == "script"):
			p.inline = append(p.inline, n.Data)
		case n.Type == html.TextNode:
			p.text += n.Data
		case n.Type == html.ElementNode:
			p.element(n)
		}
	}
	return p
}

func (p *parsed) element(n *html.Node) {
	shape := n.Data
	for _, a := range n.Attr {
		shape += " " + a.Key
		switch a.Key {
		case "id":
			p.ids[a.Val]++
		case "href":
			p.links = append(p.links, a.Val)
		case "content":
			if p.policy == "" {
				p.policy = a.Val
			}
		}
	}
	p.elements = append(p.elements, shape)
}

func write(t testing.TB, v plan.View) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := plan.WriteHTML(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHTML: the page stands alone, carries only its own style and script, and
// what is in it can be reached.
func TestHTML(t *testing.T) {
	t.Parallel()
	var findings bytes.Buffer
	if err := plan.WriteFindingsHTML(&findings, showcase().view()); err != nil {
		t.Fatal(err)
	}
	short := write(t, limited(showcase().view()))
	golden(t, "plan.html", regexp.MustCompile(`(?s)<(style|script)>.*?</|sha256-[^ ]*?(&#39;|')`).ReplaceAll(short, []byte("<$1></")))
	for name, page := range map[string][]byte{"all": write(t, showcase().view()), "short": short, "nothing": write(t, newWritten().view()), "findings": findings.Bytes()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := parse(t, page)
			if len(p.inline) != 2 {
				t.Fatalf("%d styles and scripts", len(p.inline))
			}
			want := "default-src 'none'; style-src '" + hashed(p.inline[0]) + "'; script-src '" + hashed(p.inline[1]) + "'; base-uri 'none'; form-action 'none'"
			if p.policy != want {
				t.Errorf("policy %q\nwant   %q", p.policy, want)
			}
			for _, e := range p.elements {
				name, attrs, _ := strings.Cut(e, " ")
				if slices.Contains([]string{"img", "iframe", "object", "embed", "link", "base", "audio", "video", "image", "use", "foreignobject"}, name) {
					t.Errorf("an element that fetches: %s", e)
				}
				for a := range strings.FieldsSeq(attrs) {
					if strings.HasPrefix(a, "on") || a == "src" || a == "style" || a == "srcset" || a == "action" {
						t.Errorf("an attribute that acts: %s", e)
					}
				}
			}
			for id, n := range p.ids {
				if n != 1 {
					t.Errorf("%d elements with the id %q", n, id)
				}
			}
			for _, link := range p.links {
				if id, inside := strings.CutPrefix(link, "#"); !inside || p.ids[id] == 0 {
					t.Errorf("a link to %q", link)
				}
			}
			for _, one := range []string{"h1", "main", "nav", "html lang"} {
				if n := count(p.elements, one); n != 1 {
					t.Errorf("%d elements %s", n, one)
				}
			}
		})
	}
}

func count(elements []string, one string) int {
	n := 0
	for _, e := range elements {
		if e == one || strings.HasPrefix(e, one+" ") {
			n++
		}
	}
	return n
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// TestHTMLShowsWhatItMust: who needs a look is listed in full, who goes
// through up to the limit, and what is hidden is counted.
func TestHTMLShowsWhatItMust(t *testing.T) {
	t.Parallel()
	text := parse(t, write(t, limited(showcase().view()))).text
	for _, must := range []string{
		"<script>alert(1)</script>", "=cmd|' /C calc'!A0", `\u202egpj.exe`, `nul\x00byte`, "blocked08", "local06", "(10,000 characters)",
		"… and 1,213 more: ldap2scim show plan --html --all", "fill the person's email attribute in the directory", "adopt 7 people: --allow adopt", "The plan as a whole: --allow many-blocked",
	} {
		if !strings.Contains(text, must) {
			t.Errorf("the page does not show %q", must)
		}
	}
	if strings.Contains(text, "same0003") {
		t.Error("the page lists more who stay as they are than it should")
	}
	if strings.ContainsAny(text, "\x00\u202e\x1b") || strings.Contains(text, strings.Repeat("long", 100)) {
		t.Error("the page shows a value as it is")
	}
}

// FuzzHTML: whatever the values are, the page has the same elements with the
// same attributes.
func FuzzHTML(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s)
	}
	page := func(t *testing.T, s string) parsed {
		w := newWritten()
		for i, c := range []plan.Class{plan.ToUpdate, plan.Blocked} {
			d := w.object(plan.Person, string(rune('p'+i)), s, c, "")
			w.find(d, plan.Warn, plan.BadValue, "says "+s, "mend "+s)
			w.step(d, plan.Step{Action: plan.Update, Hazard: plan.HazardAdopt, Reason: plan.Reason("r" + s), Before: plan.Fields{custom: s}, After: plan.Fields{custom: s}})
		}
		g := w.object(plan.Group, "g", s, plan.ToUpdate, "")
		w.step(g, plan.Step{Action: plan.Take, Hazard: plan.HazardRemoveMembers, Members: []plan.ExternalID{"p"}})
		w.Waves = []plan.WaveCount{{Name: s, People: 1, Requests: 1}}
		v := w.view()
		v.Source, v.Destination = s, s
		return parse(t, write(t, v))
	}
	f.Fuzz(func(t *testing.T, s string) {
		if diff := cmp.Diff(page(t, "plain").elements, page(t, s).elements); diff != "" {
			t.Errorf("%.80q changes the page: %s", s, diff)
		}
	})
}

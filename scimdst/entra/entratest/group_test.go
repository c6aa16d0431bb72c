package entratest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func bind(ids ...string) string {
	var links []string
	for _, id := range ids {
		links = append(links, "https://graph.microsoft.com/v1.0/directoryObjects/"+id)
	}
	b, _ := json.Marshal(map[string]any{"members@odata.bind": links})
	return string(b)
}

func newGroup(name string) string {
	return fmt.Sprintf(`{"displayName":%q,"mailEnabled":false,"mailNickname":"g","securityEnabled":true,"description":"run=1"}`, name)
}

func TestMembersByTwenties(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	ids := people(s, 25)
	g := s.want(201, "POST", "/groups", newGroup("MDM")).text("id")
	s.fails(400, "the most are 20", "PATCH", "/groups/"+g, bind(ids[:21]...))
	s.want(204, "PATCH", "/groups/"+g, bind(ids[:20]...))
	s.fails(400, "already exist", "PATCH", "/groups/"+g, bind(ids[19:]...))
	s.fails(404, "does not exist", "PATCH", "/groups/"+g, bind(ids[20], "05e40000-0000-4000-8000-00000000ffff"))
	if got := s.Groups()[0].Members; !cmp.Equal(ids[:20], got) {
		t.Errorf("members are %v, want the first twenty: a request is done wholly or not at all", got)
	}
	s.want(204, "POST", "/groups/"+g+"/members/$ref", `{"@odata.id":"`+s.URL+`/directoryObjects/`+ids[20]+`"}`)
	s.fails(400, "already exist", "POST", "/groups/"+g+"/members/$ref", `{"@odata.id":"`+s.URL+`/directoryObjects/`+ids[20]+`"}`)
	s.want(204, "DELETE", "/groups/"+g+"/members/"+ids[0]+"/$ref", "")
	s.fails(404, "does not exist", "DELETE", "/groups/"+g+"/members/"+ids[0]+"/$ref", "")
	if got := s.want(200, "GET", "/groups/"+g+"/members?$select=id&$top=999", "").column("id"); !cmp.Equal(ids[1:21], got) {
		t.Errorf("members are %v", got)
	}
	s.nothingRefused()
}

func TestGroupsThatGraphMayNotChange(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	id := people(s, 1)[0]
	for _, c := range []struct {
		group  Group
		status int
		text   string
	}{
		{Group{DisplayName: "synced", Synced: true}, 400, "on-premises mastered"},
		{Group{DisplayName: "dynamic", Dynamic: `user.department -eq "x"`}, 403, "Authorization_RequestDenied"},
		{Group{DisplayName: "mail", MailEnabled: true}, 400, "mail-enabled"},
	} {
		g := s.addGroup(c.group)
		s.fails(c.status, c.text, "PATCH", "/groups/"+g, bind(id))
		s.fails(c.status, c.text, "POST", "/groups/"+g+"/members/$ref", `{"@odata.id":"`+s.URL+`/directoryObjects/`+id+`"}`)
	}
	list := s.want(200, "GET", "/groups?$select=displayName,groupTypes,mailEnabled,onPremisesSyncEnabled,securityEnabled", "")
	if got := list.column("displayName"); !cmp.Equal([]string{"synced", "dynamic", "mail"}, got) {
		t.Errorf("groups are %q", got)
	}
	s.nothingRefused()
}

func TestTransitiveMembers(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	ids := people(s, 3)
	inner := s.addGroup(Group{DisplayName: "inner", Members: ids[1:]})
	outer := s.addGroup(Group{DisplayName: "outer", Members: []string{ids[0], inner}})
	s.want(204, "PATCH", "/groups/"+inner, bind(outer)) // a cycle
	cast := "/groups/" + outer + "/transitiveMembers/microsoft.graph.user?$select=id&$top=999"
	s.fails(400, "Request_UnsupportedQuery", "GET", cast, "")
	a := s.want(200, "GET", cast+"&$count=true", "", "ConsistencyLevel", "eventual")
	if !cmp.Equal(ids, a.column("id")) || fmt.Sprint(a.body["@odata.count"]) != "3" {
		t.Errorf("transitive members: %s", a.raw)
	}
	direct := s.want(200, "GET", "/groups/"+outer+"/members", "")
	if got := direct.column("@odata.type"); !cmp.Equal([]string{"#microsoft.graph.user", "#microsoft.graph.group"}, got) {
		t.Errorf("members are %q", got)
	}
}

func TestReplicationDelay(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Replication: 3})
	g := s.want(201, "POST", "/groups", newGroup("MDM")).text("id")
	for range 2 {
		s.fails(404, "Request_ResourceNotFound", "GET", "/groups/"+g, "")
	}
	s.want(200, "GET", "/groups/"+g, "")
	s.want(201, "POST", "/groups", newGroup("MDM"))
	if got := len(s.want(200, "GET", "/groups?$filter=displayName eq 'mdm'", "").values()); got != 1 {
		t.Errorf("%d groups are seen, want the first only", got)
	}
	if got := len(s.Groups()); got != 2 {
		t.Errorf("there are %d groups: a name is not unique in the directory", got)
	}
}

func TestBatch(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	ids := people(s, 2)
	g := s.addGroup(Group{DisplayName: "MDM"})
	s.Inject(Fault{Trouble: StatusBefore, Status: 429, Header: map[string][]string{"Retry-After": {"7"}}, Match: func(r Request) bool { return r.Batched && r.Method == "PATCH" }})
	body := fmt.Sprintf(`{"requests":[
		{"id":"a","method":"PATCH","url":"/groups/%[1]s","headers":{"Content-Type":"application/json"},"body":%[2]s},
		{"id":"b","method":"PATCH","url":"/groups/%[1]s","headers":{"Content-Type":"application/json"},"body":%[3]s},
		{"id":"c","method":"GET","url":"users?$select=id&$filter=mail eq 'nobody'","dependsOn":["a"]},
		{"id":"d","method":"GET","url":"/users/%[4]s?$select=id"}]}`, g, bind(ids[0]), bind(ids[1]), ids[0])
	a := s.want(200, "POST", "/$batch", body)
	status := map[string]int{}
	for _, r := range a.body["responses"].([]any) {
		m := r.(map[string]any)
		status[m["id"].(string)] = int(m["status"].(float64))
		if h := m["headers"].(map[string]any); m["id"] == "a" && h["Retry-After"] != "7" {
			t.Errorf("the item's headers are %v", h)
		}
	}
	if want := map[string]int{"a": 429, "b": 204, "c": 424, "d": 200}; !cmp.Equal(want, status) {
		t.Errorf("statuses are %v, want %v", status, want)
	}
	if got := s.Groups()[0].Members; !cmp.Equal(ids[1:], got) {
		t.Errorf("members are %v", got)
	}
	s.nothingRefused()
	many := strings.TrimSuffix(strings.Repeat(`{"id":"%","method":"GET","url":"/users"},`, 21), ",")
	s.fails(400, "maximum value of 20", "POST", "/$batch", `{"requests":[`+many+`]}`)
	s.fails(400, "unique", "POST", "/$batch", `{"requests":[{"id":"1","method":"GET","url":"/users"},{"id":"1","method":"GET","url":"/users"}]}`)
}

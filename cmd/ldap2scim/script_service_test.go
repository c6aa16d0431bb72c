package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"ldap2scim/scimdst/scimtest"
)

// startService is "service": a SCIM service. It sets SCIM_URL.
func startService(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	var err error
	w.service, err = scimtest.Start(scimtest.Options{Token: scriptToken})
	ts.Check(err)
	ts.Setenv("SCIM_URL", w.service.URL)
}

// users prints the people at the service.
func users(ts *testscript.TestScript, _ bool, _ []string) {
	out := ts.Stdout()
	for _, u := range worldOf(ts).service.Users() {
		fmt.Fprintf(out, "%s %s active=%v displayName=%v\n", u.Name, shown(u.ExternalID), u.Body["active"], u.Body["displayName"])
	}
}

// groups prints the groups with their members' names.
func groups(ts *testscript.TestScript, _ bool, _ []string) {
	out, s := ts.Stdout(), worldOf(ts).service
	names := map[string]string{}
	for _, u := range s.Users() {
		names[u.ID] = u.Name
	}
	for _, g := range s.Groups() {
		var members []string
		for _, id := range g.Members {
			members = append(members, names[id])
		}
		slices.Sort(members)
		fmt.Fprintf(out, "%s %s: %s\n", g.Name, shown(g.ExternalID), strings.Join(members, " "))
	}
}

func shown(externalID string) string {
	if externalID == "" {
		return "(no externalId)"
	}
	return externalID
}

// writes prints the requests that were more than a look.
func writes(ts *testscript.TestScript, _ bool, _ []string) {
	out := ts.Stdout()
	for _, r := range worldOf(ts).service.Requests() {
		if r.Method != http.MethodGet {
			fmt.Fprintf(out, "%s %s\n", r.Method, r.Path)
		}
	}
}

// useradd is "useradd KEY=VALUE...": a person who is not ours.
func useradd(ts *testscript.TestScript, _ bool, args []string) {
	given, err := pairs(args)
	ts.Check(err)
	body := map[string]any{"active": true}
	for key, value := range given {
		body[key] = value
	}
	_, err = worldOf(ts).service.AddUser(body)
	ts.Check(err)
}

// fault is "fault TROUBLE METHOD PATH [KEY=NUMBER]..." with the keys status,
// times and skip.
func fault(ts *testscript.TestScript, neg bool, args []string) {
	troubles := map[string]scimtest.Trouble{
		"status": scimtest.StatusBefore, "cut": scimtest.CutBefore, "cut-after": scimtest.CutAfter, "html": scimtest.HTMLPage,
		"first-page": scimtest.FirstPage, "drop-members": scimtest.DropMembers,
	}
	if neg || len(args) < 3 || troubles[args[0]] == 0 {
		ts.Fatalf("usage: fault status|cut|cut-after|html|first-page|drop-members METHOD PATH [KEY=NUMBER]...")
	}
	f := scimtest.Fault{Trouble: troubles[args[0]], Match: scimtest.To(args[1], args[2])}
	keys := map[string]*int{"status": &f.Status, "times": &f.Times, "skip": &f.Skip}
	given, err := pairs(args[3:])
	ts.Check(err)
	for key, value := range given {
		if keys[key] == nil {
			ts.Fatalf("fault has no key %s", key)
		}
		*keys[key], err = strconv.Atoi(value)
		ts.Check(err)
	}
	worldOf(ts).service.Inject(f)
}

// heal takes the service's faults away.
func heal(ts *testscript.TestScript, _ bool, _ []string) { worldOf(ts).service.Heal() }

// hold is "hold METHOD PATH": the next such request is held when it arrives.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hold METHOD PATH")
	}
	w := worldOf(ts)
	w.gate = holdNext(w.service, scimtest.To(args[0], args[1]))
}

// held waits until it has arrived.
func held(ts *testscript.TestScript, _ bool, _ []string) { <-worldOf(ts).gate.arrived }

// release lets it go on.
func release(ts *testscript.TestScript, _ bool, _ []string) { worldOf(ts).gate.open() }

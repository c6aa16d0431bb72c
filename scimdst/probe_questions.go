package scimdst

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ldap2scim/plan"
)

// run asks in order. What needs something that failed is open.
func (p *probe) run(ctx context.Context) {
	_, err := p.writer.Check(ctx)
	p.judge("filter", "a search for nobody finds nobody", err)
	p.askPage(ctx)
	person := p.person()
	if !p.judge("create person", "a person can be created", p.create(ctx, person)) {
		p.find("everything else", "", Open, "there is no person to ask about")
		return
	}
	p.askExternalID(ctx, person)
	p.askCase(ctx, person)
	p.askPatch(ctx, person)
	p.askVersion(ctx, person)
	group := p.group()
	if !p.judge("create group", "a group can be created", p.create(ctx, group)) {
		p.find("members", "", Open, "there is no group to ask about")
		return
	}
	p.askMembers(ctx, person, group)
}

// askPage asks for one page as the profile would.
func (p *probe) askPage(ctx context.Context) {
	profile := p.writer.profile
	assumed := fmt.Sprintf("%s, %d", profile.Paging, profile.PageSize)
	where, _ := profile.collection(plan.Person) // a person has one
	q := url.Values{"count": {strconv.Itoa(profile.PageSize)}}
	if profile.Paging == PagingCursor {
		q.Set("cursor", "")
	} else {
		q.Set("startIndex", "1")
	}
	var got page
	err := p.writer.client.send(ctx, call{op: "list a page", method: http.MethodGet, path: where, query: q}, func(a *answer) error {
		body, err := a.json()
		if err == nil {
			got, err = readPage(body, plan.Person)
		}
		return err
	})
	switch n := len(got.resources); {
	case err != nil:
		p.find("paging, page_size", assumed, Fails, err.Error())
	case n > profile.PageSize:
		p.find("paging, page_size", assumed, Fails, fmt.Sprintf("gave %d", n))
	case profile.Paging == PagingCursor && got.next == "" && got.total > n:
		p.find("paging, page_size", assumed, Fails, fmt.Sprintf("gave %d of %d and no cursor", n, got.total))
	default:
		p.find("paging, page_size", assumed, Holds, fmt.Sprintf("gave %d", n))
	}
}

// askExternalID reads it back and searches for it.
func (p *probe) askExternalID(ctx context.Context, person plan.Step) {
	use := p.writer.profile.externalID(plan.Person)
	got, err := p.writer.Get(ctx, plan.Person, p.ids[person.Object])
	if err != nil {
		p.find("external_id.person", string(use), Open, err.Error())
		return
	}
	seen := ExternalIDNone
	if got.ExternalID == person.Object {
		seen = ExternalIDKept
		hits := 0
		_, err := p.writer.walk(ctx, plan.Person, equals{attribute: plan.ExternalIDPath, value: p.tag}.String(), func(h held) error {
			if hits++; h.RemoteID != got.RemoteID {
				return errEnough
			}
			return nil
		})
		if err == nil && hits == 1 {
			seen = ExternalIDSearched
		}
	}
	// What can be searched is kept too, so a cautious profile is not wrong.
	answer := Fails
	if seen == use || use == ExternalIDKept && seen == ExternalIDSearched || use == ExternalIDNone {
		answer = Holds
	}
	p.find("external_id.person", string(use), answer, string(seen))
}

// askCase makes the same name in capitals, which should be refused.
func (p *probe) askCase(ctx context.Context, person plan.Step) {
	exact := slices.Contains(p.writer.profile.ExactCase, plan.UserName)
	assumed := "userName is unique without regard to case"
	if exact {
		assumed = "userName in another case is another name"
	}
	twin := person
	twin.Object += "-twin"
	twin.Name = strings.ToUpper(person.Name)
	twin.After = plan.Fields{}
	for path, text := range person.After {
		twin.After[path] = text
	}
	twin.After[plan.UserName] = twin.Name
	err := p.create(ctx, twin)
	e, _ := errors.AsType[*Error](err)
	switch taken := err == nil; {
	case taken:
		p.answer("exact_case", assumed, exact, "took it")
	case e != nil && (e.Duplicate() || e.Status/100 == 4):
		p.answer("exact_case", assumed, !exact, "refused it: "+err.Error())
	default:
		p.find("exact_case", assumed, Open, err.Error())
	}
}

func (p *probe) answer(assumption, assumed string, holds bool, seen string) {
	answer := Fails
	if holds {
		answer = Holds
	}
	p.find(assumption, assumed, answer, seen)
}

// askPatch changes an attribute in the profile's dialect, and if that fails in
// the others, to say which one works.
func (p *probe) askPatch(ctx context.Context, person plan.Step) {
	assumed := p.writer.profile.Patch
	path := plan.DisplayName
	if person.After[path] == "" {
		path = plan.FamilyName
	}
	var why error
	for _, d := range append([]Dialect{assumed}, DialectPaths, DialectValues, DialectEntra, DialectAADOptSCIM) {
		text := "Changed by " + string(d)
		other := &Writer{Reader: p.writer.Reader, writing: p.writer.writing}
		reader := Reader{client: p.writer.client, profile: p.writer.profile}
		reader.profile.Patch = d
		other.Reader = &reader
		step := plan.Step{
			Action: plan.Update, Kind: plan.Person, Object: person.Object, Name: person.Name, Remote: p.ids[person.Object],
			Before: plan.Fields{path: "x"}, After: plan.Fields{path: text, plan.Active: "false"},
		}
		_, err := other.Do(ctx, step, p.ids)
		if err == nil {
			if _, found, lookErr := other.Look(ctx, step, p.ids); lookErr != nil || found != plan.AlreadySo {
				err = errors.Join(errors.New("answered success, and reading shows no change"), lookErr)
			}
		}
		if err == nil {
			p.answer("patch", string(assumed), d == assumed, string(d)+" works")
			return
		}
		if why == nil {
			why = err
		}
	}
	p.find("patch", string(assumed), Fails, "no dialect works: "+why.Error())
}

// askVersion makes a change that is bound to a version that never was.
func (p *probe) askVersion(ctx context.Context, person plan.Step) {
	use := p.writer.profile.ETag
	got, err := p.writer.Get(ctx, plan.Person, p.ids[person.Object])
	if err != nil || got.Version == "" {
		p.answer("etag", string(use), err == nil, "gives no version")
		return
	}
	step := plan.Step{
		Action: plan.Update, Kind: plan.Person, Object: person.Object, Name: person.Name, Remote: got.RemoteID,
		Before: plan.Fields{plan.Active: "false"}, After: plan.Fields{plan.Active: "true"},
	}
	_, err = p.writer.send(ctx, step, p.ids, `W/"ldap2scim-never"`)
	e, _ := errors.AsType[*Error](err)
	switch {
	case e != nil && e.Drifted():
		p.find("etag", string(use), Holds, "refuses another version")
	case err == nil:
		p.answer("etag", string(use), use == ETagIgnored, "takes another version")
	default:
		p.find("etag", string(use), Open, err.Error())
	}
}

// askMembers adds the person, finds out where that can be read, and takes the
// person out again.
func (p *probe) askMembers(ctx context.Context, person, group plan.Step) {
	add := plan.Step{
		Action: plan.AddMembers, Kind: plan.Group, Object: group.Object, Name: group.Name, Remote: p.ids[group.Object],
		Members: []plan.ExternalID{person.Object},
	}
	if _, err := p.writer.Do(ctx, add, p.ids); !p.judge("members.add", "a member can be added", err) {
		return
	}
	seen := p.whereShown(ctx, add)
	assumed := p.writer.profile.Members.Shown
	switch holds := slices.Contains(seen, assumed) || assumed == ShownUnknown || assumed == ShownNowhere && len(seen) == 0; {
	case assumed == ShownUnknown && len(seen) == 0:
		p.find("members.shown", string(assumed), Open, "nowhere; set unreadable, unless members.add did nothing")
	default:
		p.answer("members.shown", string(assumed), holds, fmt.Sprintf("%s", seen))
	}
	take := add
	take.Action, take.Hazard = plan.Take, plan.HazardRemoveMembers
	_, err := p.writer.Do(ctx, take, p.ids)
	p.judge("removal", string(p.writer.profile.Removal), err)
}

// whereShown tries each place where members can be read.
func (p *probe) whereShown(ctx context.Context, add plan.Step) []Shown {
	id := p.ids[add.Members[0]]
	seen := []Shown{}
	if _, err := p.writer.walk(ctx, plan.Group, equals{attribute: plan.DisplayName, value: add.Name}.String(), func(h held) error {
		if h.RemoteID == add.Remote && slices.Contains(h.Members, id) {
			return errEnough
		}
		return nil
	}); errors.Is(err, errEnough) {
		seen = append(seen, ShownListed)
	}
	if h, err := p.writer.get(ctx, plan.Group, add.Remote); err == nil && slices.Contains(h.Members, id) {
		seen = append(seen, ShownSingle)
	}
	if h, err := p.writer.withUsers(ctx, held{Resource: plan.Resource{RemoteID: add.Remote}}); err == nil && slices.Contains(h.Members, id) {
		seen = append(seen, ShownByUser)
	}
	return seen
}

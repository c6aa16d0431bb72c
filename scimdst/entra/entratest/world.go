package entratest

import (
	"fmt"
	"time"
)

// world is the tenant. The server's lock guards it.
type world struct {
	options Options
	made    int           // identifiers given
	asked   int           // requests so far
	moved   time.Duration // of the server's own clock

	users    []*User
	userByID map[string]*User
	// userByName finds people by their folded userPrincipalName.
	userByName map[string]*User
	groups     []*Group
	groupByID  map[string]*Group

	applications []*application
	principals   []*principal
	logs         []*logRow
}

func newWorld(o Options) *world {
	return &world{options: o, userByID: map[string]*User{}, userByName: map[string]*User{}, groupByID: map[string]*Group{}}
}

// now is the time: the clock that was handed in, or the server's own.
func (w *world) now() time.Time {
	if w.options.Clock != nil {
		return w.options.Clock()
	}
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(w.moved)
}

// tick counts a request.
func (w *world) tick() {
	w.asked++
	w.moved += w.options.Step
}

// newID makes an identifier that tells what it is of.
func (w *world) newID(prefix string) string {
	w.made++
	return fmt.Sprintf("%s-0000-4000-8000-%012x", prefix, w.made)
}

func (w *world) requestID() string { return fmt.Sprintf("4e900000-0000-4000-8000-%012x", w.asked) }

// seen reports whether an object that was born with that request has reached
// the replica that answers.
func (w *world) seen(born int) bool {
	return born == 0 || w.asked-born >= w.options.Replication
}

// stamp is a time as Graph writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// stampOrNull is stamp, with null for the zero time.
func stampOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

func (w *world) user(id string) (*User, error) {
	u := w.userByID[id]
	if u == nil {
		u = w.userByName[fold(id)]
	}
	if u == nil || u.Deleted || !w.seen(u.born) {
		return nil, notFound(id)
	}
	return u, nil
}

func (w *world) group(id string) (*Group, error) {
	g := w.groupByID[id]
	if g == nil || g.Deleted || !w.seen(g.born) {
		return nil, notFound(id)
	}
	return g, nil
}

// member is a user or a group that a group can hold.
func (w *world) member(id string) error {
	if _, err := w.user(id); err == nil && w.userByID[id] != nil {
		return nil
	}
	_, err := w.group(id)
	return err
}

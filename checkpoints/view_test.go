package checkpoints_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ldap2scim/plan"
)

// The view shows every entry as it was stored.
func TestEntriesView(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	want := entries()
	want[0].Attrs = map[string][]string{"mail": {"b@x", "B@x"}} // with bytes that are not text they look otherwise
	save(t, open(t, path), append(want, plan.Entry{Kind: plan.Group, ID: "h", Attrs: map[string][]string{}})...)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // nothing was written
	rows, err := db.QueryContext(t.Context(), "SELECT kind, id, dn, key, attrs, members, uid, member_uids, inactive, flaws FROM entries WHERE snapshot = 1 ORDER BY kind DESC, id DESC")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []plan.Entry
	for rows.Next() {
		var e plan.Entry
		var attrs, members, uids, flaws string
		err := rows.Scan(&e.Kind, &e.ID, &e.DN, &e.Key, &attrs, &members, &e.UID, &uids, &e.Inactive, &flaws)
		if err := errors.Join(err, json.Unmarshal([]byte(attrs), &e.Attrs), json.Unmarshal([]byte(members), &e.Members), json.Unmarshal([]byte(uids), &e.MemberUIDs), json.Unmarshal([]byte(flaws), &e.Flaws)); err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	empty := cmp.FilterValues(func(a, b []string) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())
	want = []plan.Entry{want[0], want[1], {Kind: plan.Group, ID: "h", Attrs: map[string][]string{}}, want[2]}
	if diff := cmp.Diff(want, got, empty); diff != "" {
		t.Error(diff)
	}
}

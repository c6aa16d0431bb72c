package migrate_test

import (
	"context"
	"testing"

	"ldap2scim/migrate"
	"ldap2scim/plan"
)

// repeating is a destination that lists everybody twice.
type repeating struct{ migrate.Lister }

func (r repeating) List(ctx context.Context, k plan.Kind, yield func(plan.Resource) error) (plan.Search, error) {
	return r.Lister.List(ctx, k, func(v plan.Resource) error {
		if err := yield(v); err != nil {
			return err
		}
		return yield(v)
	})
}

// TestListedTwice: the names at the destination are those that are stored, each
// once, so that one can go from one person to another.
func TestListedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, staff(2, 0))
	f := w.open()
	if _, err := w.apply(f, w.writer()).Run(t.Context(), w.planned(f)); err != nil {
		t.Fatal(err)
	}
	for i, uid := range []string{"new", "u00"} {
		w.source.entries[i].Attrs["uid"] = []string{uid}
	}
	want := w.planned(f).Summary
	got, err := migrate.Plan(t.Context(), f, repeating{w.writer().Reader}, migrate.PlanOptions{Rules: rules(), Settings: "settings", Destination: w.service.URL, Patience: hasty().Patience}, silent)
	if err != nil {
		t.Fatal(err)
	}
	if got.Summary.Digest != want.Digest || want.Steps[plan.Update] != 2 {
		t.Errorf("got %+v, want %+v with two changes", got.Summary, want)
	}
}

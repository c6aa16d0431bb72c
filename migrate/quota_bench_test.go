package migrate_test

import (
	"fmt"
	"testing"
	"time"

	"ldap2scim/migrate"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
)

// BenchmarkQuota carries out a plan at a service with a quota that the profile
// knows, by the real clock. It reports the share of the quota that is used and
// how many requests were refused. TestKnownQuota and TestUnknownQuota show the
// same, and quotas that nobody knows, by a clock that nothing disturbs.
func BenchmarkQuota(b *testing.B) {
	for _, quota := range []int{20, 500} {
		b.Run(fmt.Sprintf("%d a second", quota), func(b *testing.B) {
			var took time.Duration
			sent, refused := 0, 0
			for b.Loop() {
				w := newWorld(b, staff(15*quota, 0))
				service, err := scimtest.Start(scimtest.Options{Quota: scimtest.Quota{Requests: quota, Per: time.Second, Clock: time.Now, Hints: true}})
				if err != nil {
					b.Fatal(err)
				}
				w.service, w.config.URL = service, service.URL
				w.config.ProfileOverrides.Quota.Windows = []scimdst.Window{{Requests: quota, Per: time.Second, Of: scimdst.CountedWrites}}
				f := w.open()
				p := w.planned(f)
				a := w.apply(f, w.writer())
				a.Retry, a.Concurrency, a.Lister = migrate.Retry{}, 0, nil
				begin := time.Now()
				res, err := a.Run(b.Context(), p)
				if err != nil || res.Done != 15*quota {
					b.Fatalf("%+v, %v", res, err)
				}
				took += time.Since(begin)
				sent += res.Done
				refused += service.Refused()
				if err := service.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(sent)/took.Seconds()/float64(quota), "of-quota")
			b.ReportMetric(float64(refused)/float64(b.N), "refused")
		})
	}
}

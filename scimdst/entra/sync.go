package entra

import (
	"context"
	"fmt"
	"time"

	"ldap2scim/plan"
)

// lastSync says whether the last synchronisation of the directory is recent. A
// tenant that is not synced has nothing to be old.
func (r *Reader) lastSync(ctx context.Context) (plan.Fields, error) {
	orgs, err := all[organization](ctx, r.graph, r.patience, get("/organization?$select=id,onPremisesLastSyncDateTime,onPremisesSyncEnabled"))
	if err != nil {
		return nil, err
	}
	f := plan.Fields{"fresh": "true"}
	for _, o := range orgs {
		if string(o.Synced) != "true" || r.config.Now == nil {
			continue
		}
		last, err := time.Parse(time.RFC3339, o.Last)
		if err != nil {
			f = plan.Fields{"fresh": "false", plan.FactWhy: "there was none yet"}
		} else if age := r.config.Now().Sub(last); age > r.config.SyncAge {
			f = plan.Fields{"fresh": "false", plan.FactWhy: fmt.Sprintf("it was at %s, and %s is the limit", last.UTC().Format(time.DateTime+"Z"), r.config.SyncAge)}
		}
	}
	return f, nil
}

package scimdst

import (
	"errors"
	"fmt"

	"ldap2scim/plan"
)

// parseHead reads what tells who a resource is, which is all that is asked of
// the answer to a creation.
func parseHead(kind plan.Kind, body []byte) (held, error) {
	all, err := pairsOf(body)
	if err != nil {
		return held{}, fmt.Errorf("the answer is no resource: %w", err)
	}
	return headOf(kind, all)
}

func headOf(kind plan.Kind, all pairs) (held, error) {
	if !names(all.find("schemas"), schemaOf(kind)) {
		return held{}, foreign(kind)
	}
	id := textOf(all.find("id"))
	if id == "" {
		return held{}, errors.New("a resource has no id")
	}
	return held{Resource: plan.Resource{
		Kind: kind, RemoteID: plan.RemoteID(id), ExternalID: plan.ExternalID(textOf(all.find(plan.ExternalIDPath))),
		Version: textOf(inner(all.find("meta")).find("version")),
	}}, nil
}

package scimdst

import (
	"fmt"
	"strings"
	"testing"

	"ldap2scim/plan"
)

// pageOf is an answer with so many resources as services write it.
func pageOf(n int, one func(i int) string) []byte {
	all := make([]string, n)
	for i := range all {
		all[i] = one(i)
	}
	return []byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":100000,"startIndex":1,"itemsPerPage":200,"Resources":[` + strings.Join(all, ",") + `]}`)
}

// BenchmarkReadPage reads a page of 200 people, and one of 200 groups with 100
// members each.
func BenchmarkReadPage(b *testing.B) {
	people := pageOf(200, func(i int) string {
		return fmt.Sprintf(`{"active":true,"displayName":"Ólafur Çelik","emails":[{"primary":true,"type":"work","value":"olafur.celik.u%07d@example.com"}],"externalId":"0298a770-243c-4812-99a9-bb2e%08d","id":"3ANUW6HFVZIFQINZS6%08d","meta":{"resourceType":"User","created":"2026-11-26T09:47:42Z","lastModified":"2026-11-26T09:47:42Z","location":"https://127.0.0.1:34163/scim/v2/Users/3ANUW6HFVZIFQINZS6%08d","version":"W/\"1\""},"name":{"familyName":"Çelik","givenName":"Ólafur"},"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Works"},"userName":"u%07d"}`, i, i, i, i, i)
	})
	groups := pageOf(200, func(i int) string {
		members := make([]string, 100)
		for m := range members {
			members[m] = fmt.Sprintf(`{"value":"3ANUW6HFVZIFQINZS6%08d"}`, 7919*(i+m)%100_000)
		}
		return fmt.Sprintf(`{"displayName":"team-%06d","externalId":"012c055b-599b-47b8-b52e-4be4%08d","id":"VC2VWFCQBLVB434QS3%08d","members":[%s],"meta":{"resourceType":"Group","created":"2026-11-26T09:47:42Z","version":"W/\"1\""},"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}`, i, i, i, strings.Join(members, ","))
	})
	for _, c := range []struct {
		kind plan.Kind
		body []byte
	}{{plan.Person, people}, {plan.Group, groups}} {
		b.Run(string(c.kind), func(b *testing.B) {
			b.SetBytes(int64(len(c.body)))
			b.ReportAllocs()
			for b.Loop() {
				p, err := readPage(c.body, c.kind)
				if err != nil || len(p.resources) != 200 {
					b.Fatal(len(p.resources), err)
				}
			}
		})
	}
}

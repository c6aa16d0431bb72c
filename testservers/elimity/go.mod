// A module of its own: the library pins an older filter parser than the
// product uses, and would behave differently with the newer one.
module ldap2scim/testservers/elimity

go 1.26.0

require github.com/elimity-com/scim v0.0.0-20260328082225-d5e7ba418946

require (
	github.com/di-wu/parser v0.2.2 // indirect
	github.com/di-wu/xsd-datetime v1.0.0 // indirect
	github.com/scim2/filter-parser/v2 v2.2.0 // indirect
)

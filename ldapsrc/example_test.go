package ldapsrc_test

import (
	"context"
	"fmt"
	"log"

	"ldap2scim/ldapsrc"
	"ldap2scim/ldapsrc/ldaptest"
	"ldap2scim/plan"
)

func ExampleSource_Read() {
	directory, err := ldaptest.Start(company(2))
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = directory.Close() }()

	source, err := ldapsrc.Open(context.Background(), config(directory))
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = source.Close() }()
	proof, err := source.Read(context.Background(), func(e plan.Entry) error {
		fmt.Println(e.Kind, e.ID, e.Key)
		return nil
	})
	fmt.Println(proof.Complete, err)
	// Output:
	// person 43b618a6-5490-5fdf-9814-48b0539418b4 uid=u00000,ou=people,dc=example,dc=com
	// person 7c3c5c82-c7e5-590e-b3e2-959c1925067e uid=u00001,ou=people,dc=example,dc=com
	// group 60d79372-19a3-542a-b165-66061e6f5d18 cn=everybody,ou=groups,dc=example,dc=com
	// true <nil>
}

//go:build soak

package main

import "testing"

// TestSoakKilledAtRandom kills apply 5,000 times, or LDAP2SCIM_KILLS times.
func TestSoakKilledAtRandom(t *testing.T) {
	t.Parallel()
	killAtRandom(t, fromEnvironment(t, "LDAP2SCIM_KILLS", 5000))
}

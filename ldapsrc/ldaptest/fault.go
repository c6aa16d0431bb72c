package ldaptest

import (
	"slices"

	"ldap2scim/ldapsrc/internal/filter"
)

// Act is what a fault does.
type Act int

const (
	// HangUp ends the connection, in the middle of a message.
	HangUp Act = iota + 1
	// Stall sends nothing more until the connection is closed.
	Stall
	// Answer ends the operation with Code, Text and URLs (as its referral).
	Answer
	// Refer sends a continuation reference with URLs, and goes on.
	Refer
	// Repeat sends the last entry of the search again, and goes on.
	Repeat
	// LoseControl ends the page without a paging control.
	LoseControl
	// LoseCookie forgets the cookie that the client has just been sent.
	LoseCookie
	// Circle sends no entry and the cookie that the client sent, for ever.
	Circle
	// Call calls Do, and goes on.
	Call
	// Say ends the connection with a notice of disconnection (RFC 4511
	// §4.4.1) that holds Code and Text.
	Say
)

// On says which operations a fault strikes.
type On int

const (
	// Searches of scope one or sub.
	Searches On = iota
	// Looks are searches of scope base.
	Looks
	// Binds other than StartTLS.
	Binds
)

// Fault is something that goes wrong. It strikes each time that everything in
// it fits.
type Fault struct {
	On On
	// Base is the base of the searches, or the DN of the binds, that it
	// strikes; empty means all.
	Base string
	// Page is the page of the search, from 1; 0 means each.
	Page int
	// After is how many entries of the page are sent before.
	After int

	Act  Act
	Code int
	Text string
	URLs []string
	Do   func()
}

// fitting returns the faults that strike an operation on the entry with path,
// in the order in which they were given.
func fitting(faults []Fault, on On, path []string, page int) []Fault {
	return slices.DeleteFunc(slices.Clone(faults), func(f Fault) bool {
		if f.On != on || f.Page != 0 && f.Page != page {
			return true
		}
		base, err := filter.Path(f.Base)
		return err != nil || f.Base != "" && !slices.Equal(base, path)
	})
}

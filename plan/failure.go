package plan

// Failure is why a step failed, as one of few words. It is stored: never change
// what one means.
type Failure string

const (
	// FailedDrifted: somebody else changed the object since the plan was made.
	// Nothing was sent.
	FailedDrifted Failure = "drifted"
	// FailedGone: the object, or a member, is not at the destination any more.
	FailedGone Failure = "gone"
	// FailedTaken: another object has the name, the email or the ID.
	FailedTaken Failure = "taken"
	// FailedForeign: something that is not ours stands where the step would
	// have put something.
	FailedForeign Failure = "foreign"
	// FailedEmail: the destination does not take the email address.
	FailedEmail Failure = "email-refused"
	// FailedValue: it does not take some other value.
	FailedValue Failure = "value-refused"
	// FailedTooLarge: the request is too large for it.
	FailedTooLarge Failure = "too-large"
	// FailedDenied: it does not allow this step.
	FailedDenied Failure = "denied"
	// FailedNotTaken: it said yes, and did not do it.
	FailedNotTaken Failure = "not-done"
	// FailedTookOthers: it took away more than it was asked to.
	FailedTookOthers Failure = "took-others"
	// FailedUnavailable: there was no answer to the end of the attempts.
	FailedUnavailable Failure = "unavailable"
	// FailedLacking: the step needs something that was not created.
	FailedLacking Failure = "lacking"
	// FailedRefused: any other refusal.
	FailedRefused Failure = "refused"
)

// Failures returns all of them in the order in which they are shown.
func Failures() []Failure {
	return []Failure{
		FailedTookOthers, FailedDrifted, FailedGone, FailedTaken, FailedForeign, FailedEmail, FailedValue, FailedTooLarge,
		FailedDenied, FailedNotTaken, FailedUnavailable, FailedRefused, FailedLacking,
	}
}

// Word is the failure as it is stored; one that nobody has named is a refusal.
func (f Failure) Word() string {
	if f == "" {
		return string(FailedRefused)
	}
	return string(f)
}

// Sentence says what has happened.
func (f Failure) Sentence() string {
	switch f {
	case FailedDrifted:
		return "changed by somebody else since the plan was made; not sent"
	case FailedGone:
		return "not at the destination any more"
	case FailedTaken:
		return "the name, the email or the ID is another's"
	case FailedForeign:
		return "something that is not ours stands in its place"
	case FailedEmail:
		return "the email address is refused"
	case FailedValue:
		return "a value is refused"
	case FailedTooLarge:
		return "the request is too large"
	case FailedDenied:
		return "not allowed"
	case FailedNotTaken:
		return "the service said yes and did not do it"
	case FailedTookOthers:
		return "the service took away more than it was asked to"
	case FailedUnavailable:
		return "no answer"
	case FailedLacking:
		return "needs what was not created"
	case FailedRefused:
	}
	return "refused"
}

// Remedy says what to do next, with the command that goes on.
func (f Failure) Remedy() string {
	switch f {
	case FailedDrifted, FailedGone:
		return "see that it is meant; a new plan takes it as it is now: ldap2scim plan"
	case FailedTaken, FailedForeign:
		return "look at both objects, rename or remove one of them, and plan again so that it is seen: ldap2scim plan"
	case FailedEmail:
		return "correct the email address in the directory, or ask the service which addresses it takes; then ldap2scim snapshot, ldap2scim plan"
	case FailedValue:
		return "read the service's own words, and correct the value in the directory, or its mapping; then ldap2scim snapshot, ldap2scim plan"
	case FailedTooLarge:
		return "lower members_per_request, then ldap2scim plan"
	case FailedDenied:
		return "give the token the right to do it, then ldap2scim apply --retry-failed"
	case FailedNotTaken:
		return "ask the service's operator why, or leave the attribute out of the mapping and plan again; ldap2scim apply --retry-failed tries it once more"
	case FailedTookOthers:
		return "do not let this service take members away; add who is gone: ldap2scim plan"
	case FailedUnavailable:
		return "when the service is back: ldap2scim apply --retry-failed"
	case FailedLacking:
		return "mend what it needs, which is in this list too; ldap2scim apply --retry-failed takes up both"
	case FailedRefused:
	}
	return "read the service's own words and mend the cause, at the service (then ldap2scim apply --retry-failed) or in the directory (then ldap2scim snapshot, ldap2scim plan)"
}

package scimdst

import "net/http"

// NewReadOnlyHTTP makes a client for another interface of the service's
// vendor. It lets nothing but GET through, follows no redirect, bounds each
// request by c.Timeout, trusts c.CAFile, and waits as an answer asks before
// the next request goes. Of c nothing else is used.
func NewReadOnlyHTTP(c Config) (*http.Client, error) {
	c = c.withDefaults()
	net, err := newNetwork(c)
	if err != nil {
		return nil, err
	}
	return newHTTP(readOnly{next: &heeding{next: &timed{next: net, limit: c.Timeout}}}), nil
}

// ValidateURL returns what is wrong with the URL of a service, without
// repeating it: it may hold a password.
func ValidateURL(text string) error { return validateURL(text) }

package suite_test

import (
	"encoding/json"
	"os"
	"testing"

	"ldap2scim/scimdst"
	"ldap2scim/scimdst/scimtest"
	"ldap2scim/scimdst/scimtest/suite"
)

// TestSuite runs on scimtest, or on the service that the environment names.
func TestSuite(t *testing.T) {
	url, token := os.Getenv("LDAP2SCIM_SUITE_URL"), os.Getenv("LDAP2SCIM_SUITE_TOKEN")
	if url != "" {
		var opts suite.Options
		if text := os.Getenv("LDAP2SCIM_SUITE_DEVIATIONS"); text != "" {
			if err := json.Unmarshal([]byte(text), &opts.Deviations); err != nil {
				t.Fatal(err)
			}
		}
		suite.Run(t, config(url, token), opts)
		return
	}
	for name, options := range map[string]scimtest.Options{
		"by the book":        {},
		"small pages":        {PageCap: 2},
		"patch with 204":     {PatchNoContent: true},
		"e-mail is required": {RequireEmail: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := scimtest.Start(options)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			deviations := map[string]string{}
			if options.RequireEmail {
				deviations["add first e-mail"] = "nobody is without an e-mail address"
			}
			suite.Run(t, config(s.URL, s.Token), suite.Options{Deviations: deviations})
		})
	}
}

func config(url, token string) scimdst.Config {
	return scimdst.Config{URL: url, Token: func() (string, error) { return token, nil }}
}

package scimdst

import (
	"net/http"
	"net/url"
	"testing"
)

// TestTarget: a call goes where its whole URL says, whether it was parsed or
// not.
func TestTarget(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"https://host", "https://host:8443/scim/v2", "http://[::1]:80/a%2Fb", "https://host/a%20b/"} {
		for _, path := range []string{"", "/Users", "/Users/2819c223-7f76", "/Users/a%2Fb", "/Users/%2E%2E", "/Users/a%20b", "/Users/a@b", "/Gr[1]", "/Us?x", "/Üser"} {
			for _, query := range []url.Values{nil, {"filter": {`userName eq "a b"`}}} {
				at, err := url.Parse(base)
				if err != nil {
					t.Fatal(err)
				}
				text := base + path
				if query != nil {
					text += "?" + escapeQuery(query)
				}
				want, err := http.NewRequestWithContext(t.Context(), http.MethodGet, text, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				c := client{base: at}
				got, err := c.request(t.Context(), call{method: http.MethodGet, path: path, query: query}, "", nil)
				if err != nil {
					t.Fatal(err)
				}
				if got.URL.RequestURI() != want.URL.RequestURI() || got.Host != want.Host || got.URL.Host != want.URL.Host {
					t.Errorf("%s: got %s at %s, want %s at %s", text, got.URL.RequestURI(), got.Host, want.URL.RequestURI(), want.Host)
				}
			}
		}
	}
}

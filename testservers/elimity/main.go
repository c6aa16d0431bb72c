// Command elimity is a SCIM 2.0 service made of github.com/elimity-com/scim,
// for tests, on loopback and in memory:
//
//	TOKEN=secret elimity
//
// The kernel chooses the port; the first line on standard output is
// {"port": N}. SCIM is under /scim/v2 with the bearer token. It has what the
// library has: no bulk, no check of versions, no sorting.
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
)

func main() {
	if err := run(os.Getenv("TOKEN")); err != nil {
		log.Fatal(err)
	}
}

func run(token string) error {
	if token == "" {
		return errors.New("TOKEN is not set")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := l.Addr().(*net.TCPAddr).Port
	service, err := newService(fmt.Sprintf("http://127.0.0.1:%d/scim/v2", port))
	if err != nil {
		return err
	}
	fmt.Printf("{\"port\": %d}\n", port)
	return http.Serve(l, http.StripPrefix("/scim", guarded(token, service)))
}

// guarded lets in who has the token.
func guarded(token string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+token {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/scim+json")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"401","detail":"wrong token"}`)
	})
}

func newService(base string) (http.Handler, error) {
	users := newStore("userName", schema.CoreUserSchema(), schema.ExtensionEnterpriseUser(), ivanti())
	groups := newStore("displayName", schema.CoreGroupSchema())
	var extensions []scim.SchemaExtension
	for _, e := range users.extensions {
		extensions = append(extensions, scim.SchemaExtension{Schema: e})
	}
	return scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{
			SupportFiltering: true, SupportPatch: true, MaxResults: 200,
			AuthenticationSchemes: []scim.AuthenticationScheme{{Type: scim.AuthenticationTypeOauthBearerToken, Name: "Bearer", Description: "bearer token"}},
		},
		ResourceTypes: []scim.ResourceType{
			{ID: optional.NewString("User"), Name: "User", Endpoint: "/Users", Schema: users.core, SchemaExtensions: extensions, Handler: users},
			{ID: optional.NewString("Group"), Name: "Group", Endpoint: "/Groups", Schema: groups.core, Handler: groups},
		},
	}, scim.WithBaseURL(base))
}

// ivanti is the extension schema of Ivanti Neurons for MDM.
func ivanti() schema.Schema {
	text := func(name string) schema.CoreAttribute {
		return schema.SimpleCoreAttribute(schema.SimpleStringParams(schema.StringParams{Name: name}))
	}
	return schema.Schema{
		ID: "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User", Name: optional.NewString("IvantiUser"),
		Attributes: []schema.CoreAttribute{text("costCode"), text("badge"), text("location"), text("distinguishedName")},
	}
}

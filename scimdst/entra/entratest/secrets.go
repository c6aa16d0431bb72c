package entratest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// putSecrets replaces all secrets.
//
// Source: learn.microsoft.com/graph/api/synchronization-serviceprincipal-put-synchronization
// and .../entra/identity/app-provisioning/skip-out-of-scope-deletions
func (s *Server) putSecrets(c *call) (reply, error) {
	p, err := s.synchronized(c)
	if err != nil {
		return reply{}, err
	}
	given, err := c.object("value")
	if err != nil {
		return reply{}, err
	}
	secrets, err := pairs(given, "value")
	if err != nil {
		return reply{}, err
	}
	p.secrets = secrets
	return noContent(), nil
}

// pair is one secret.
type pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func pairs(given map[string]json.RawMessage, name string) (map[string]string, error) {
	var list []pair
	if err := decode(given[name], &list); err != nil || len(list) == 0 {
		return nil, unknown("'%s' is not a list of keys and values.", name)
	}
	secrets := map[string]string{}
	for _, s := range list {
		if !slices.Contains([]string{"BaseAddress", "SecretToken", "SyncAll", "SyncNotificationSettings", "SkipOutOfScopeDeletions"}, s.Key) {
			return nil, unknown("The secret '%s' is none that this server has.", s.Key)
		}
		if _, twice := secrets[s.Key]; twice {
			return nil, badRequest("The secret '%s' is there twice.", s.Key)
		}
		if err := checkSecret(s); err != nil {
			return nil, err
		}
		secrets[s.Key] = s.Value
	}
	maps.DeleteFunc(secrets, func(_, value string) bool { return value == "" })
	return secrets, nil
}

// notification is the value of SyncNotificationSettings.
type notification struct {
	Enabled, DeleteThresholdEnabled bool
	DeleteThresholdValue            int
	Recipients                      string
}

func checkSecret(s pair) error {
	switch s.Key {
	case "SyncAll", "SkipOutOfScopeDeletions":
		if !slices.Contains([]string{"true", "false", ""}, strings.ToLower(s.Value)) {
			return badRequest("The value of %s is neither true nor false.", s.Key)
		}
	case "SyncNotificationSettings":
		var n notification
		if decode([]byte(s.Value), &n) != nil {
			return unknown("The value of SyncNotificationSettings is not documented.")
		}
	}
	return nil
}

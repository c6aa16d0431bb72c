package ivanti

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"ldap2scim/plan"
)

// device is a device as the customer API shows it (fields as observed).
type device struct {
	ID                json.RawMessage
	UID               string
	RegistrationState string
	UserEnrolled      bool
	PlatformType      string
}

// freezes: the Managed Apple ID of its owner cannot change (IVD, Adding Users:
// user-enrolled, and active or its retirement pending). How the second is
// spelled in JSON is not confirmed, so every state of retiring that is not over
// counts.
func (d device) freezes() bool {
	state := strings.ToUpper(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(d.RegistrationState))
	return d.UserEnrolled && (state == "ACTIVE" || strings.Contains(state, "RETIREPENDING") || strings.Contains(state, "PENDINGRETIRE"))
}

// AddDevices marks the accounts whose Managed Apple ID is frozen by a device,
// and returns the number of devices that run ChromeOS.
func (c *Client) AddDevices(ctx context.Context, accounts []plan.Account) (chromeOS int, err error) {
	space, err := c.space(ctx)
	if err != nil {
		return 0, err
	}
	devices, err := listing[device]{
		op: "read devices", path: "/api/v1/device", rows: c.config.PageSize, query: url.Values{"q": {""}, "dmPartitionId": {space}},
		key: func(d device) string { return string(d.ID) },
	}.all(ctx, c)
	if err != nil {
		return 0, err
	}
	frozen := map[string]bool{}
	for _, d := range devices {
		if d.freezes() {
			frozen[plan.Fold(d.UID)] = true
		}
		if strings.EqualFold(d.PlatformType, "CHROMEOS") || strings.EqualFold(d.PlatformType, "CHROME_OS") {
			chromeOS++
		}
	}
	for i := range accounts {
		accounts[i].Enrolled = frozen[plan.Fold(accounts[i].UID)]
	}
	return chromeOS, nil
}

// space is the device space of the configuration, or the tenant's default
// (observed).
func (c *Client) space(ctx context.Context) (string, error) {
	if c.config.Partition != "" {
		return c.config.Partition, nil
	}
	var said struct {
		Result struct{ DefaultDmPartitionID json.RawMessage }
	}
	if err := c.get(ctx, "read the device space", c.config.URL, "/api/v1/metadata/tenant", nil, &said); err != nil {
		return "", err
	}
	return strings.Trim(string(said.Result.DefaultDmPartitionID), `"`), nil
}

// Policies reads the configurations and policies of the device space as they
// are shown (APIG, GET /api/v1/policy).
func (c *Client) Policies(ctx context.Context) ([]json.RawMessage, error) {
	space, err := c.space(ctx)
	if err != nil {
		return nil, err
	}
	list, err := listing[json.RawMessage]{
		op: "read configurations", path: "/api/v1/policy", rows: c.config.PageSize, query: url.Values{"dmPartitionId": {space}, "tag": {"DEVICE_CONFIGURATION"}},
		key: func(p json.RawMessage) string {
			var head struct{ ID json.RawMessage }
			if json.Unmarshal(p, &head) != nil {
				return ""
			}
			return string(head.ID)
		},
	}.all(ctx, c)
	return list, err
}

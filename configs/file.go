package configs

import (
	"time"

	"ldap2scim/ldapsrc"
	"ldap2scim/scimdst"
	"ldap2scim/scimdst/ivanti"
)

// file is the YAML file. Its keys are explained in the examples.
type file struct {
	State       string      `yaml:"state"`
	Source      source      `yaml:"source"`
	Destination destination `yaml:"destination"`
	// Tenant is the MDM's own side, where there is one.
	Tenant   tenant   `yaml:"tenant"`
	Mapping  mapping  `yaml:"mapping"`
	Inactive inactive `yaml:"inactive"`
	// ManagedAppleID is off unless it is given.
	ManagedAppleID appleID `yaml:"managed_apple_id"`
	// Prerequisites are added to those of the destination's profile.
	Prerequisites []string `yaml:"prerequisites"`
	// Checks by code.
	Checks map[string]check `yaml:"checks"`
	Groups groups           `yaml:"groups"`
	Waves  []wave           `yaml:"waves"`
	Guards guards           `yaml:"guards"`
	Retry  retry            `yaml:"retry"`
	// PricePerRequest is what the destination charges, for the estimate.
	PricePerRequest float64 `yaml:"price_per_request"`
	// MaxSnapshotAge is how old a snapshot may be that is applied.
	MaxSnapshotAge time.Duration `yaml:"max_snapshot_age"`
}

type source struct {
	ldapsrc.Config `yaml:",inline"`
	Password       Secret `yaml:"password"`
}

type destination struct {
	scimdst.Config `yaml:",inline"`
	Token          Secret `yaml:"token"`
	// Entra is the road through Entra ID.
	Entra *entraRoad `yaml:"entra"`
}

type tenant struct {
	ivanti.Config `yaml:",inline"`
	Password      Secret `yaml:"password"`
}

// mapping says with what each SCIM attribute is filled.
type mapping struct {
	Person map[string]filling `yaml:"person"`
	// Custom maps the IdP attributes of the vendor's extension by their name.
	Custom map[string]filling `yaml:"custom"`
	Group  map[string]filling `yaml:"group"`
	// UserNames gives userNames to people, by DN or ID.
	UserNames map[string]string `yaml:"user_names"`
	// CustomLength is the longest value of a custom attribute, in characters.
	CustomLength int `yaml:"custom_length"`
}

type inactive struct {
	Attribute string   `yaml:"attribute"`
	Values    []string `yaml:"values"`
}

// retry is as [migrate.Retry] has it.
type retry struct {
	Attempts   int           `yaml:"attempts"`
	Budget     time.Duration `yaml:"budget"`
	TokenGrace time.Duration `yaml:"token_grace"`
	// Patience is how long the destination may take to show what it accepted.
	Patience time.Duration `yaml:"patience"`
}

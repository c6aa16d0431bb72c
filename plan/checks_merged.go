package plan

// mergedChecks are P01 to P22. The numbers are those of the list that was
// merged from the guides of the vendors; docs/vendor-page.md says what of the
// vendor's page each keeps.
func mergedChecks() []Check {
	return []Check{
		{Renamed, Block, "the user ID at the vendor is the userName that is sent, case aside; else a second account is made", "map userName from the attribute that holds the user ID, or rename first", ByTenant, "the user ID in the vendor's records", "the person is migrated under the new userName"},
		{Ambiguous, Block, "one object of the directory is one at the destination", "remove the externalId from all but one", ByPlan, "the inventory", ""},
		{Duplicate, Block, "userName, email and Managed Apple ID belong to one person, after case, Unicode NFC and outer spaces", "give each person their own", ByPlan, "the snapshot", ""},
		{BadEmail, Block, "each person has an email, and it is one", "fill or correct it in the directory", ByPlan, "the snapshot; whether the domain is allowed there, the destination says", "the person is sent with the email as it is, or without"},
		{BlankPersonal, Block, "first and last name are not blank", "fill them in the directory", ByPlan, "the snapshot", "the person is sent without it"},
		{Inactive, Note, "inactive people are left out", "enable the account if the person is to be migrated", ByPlan, "the snapshot", ""},
		{Drift, Warn, "the directory and Entra ID say the same of each person, and its last synchronisation is recent", "let Entra Connect run before the snapshot is taken", ByPlan, "Entra ID; a destination that is fed by this program directly has no such copy", ""},
		{LastSync, Note, "the vendor's last LDAP sync before the server is disabled is recent", "let it sync once more, then disable it and take the snapshot", ByPerson, "the vendor's audit trail; the plan repeats what it shows", ""},
		{BadValue, Block, "a custom attribute has one text value that fits, is no distinguished name, and an IdP attribute of its name that exists; at most seven, of legal names, each from a source of its own", "correct the value or the mapping; create the attribute", ByPlan, "the snapshot and the configuration; the attribute by attestation or by a person at the destination who bears it", "the value is left out and the person migrated; a missing attestation cannot be waived"},
		{AppleID, Block, "a person's Managed Apple ID stays as it is, and the setting is saved before the migration", "keep the value that it comes from", ByPlan, "the vendor's records or the pattern of the LDAP page; the setting by attestation", "the ID changes, for which apply needs --allow change-managed-apple-id; never with an active user-enrolled device, and a missing attestation cannot be waived"},
		{GroupCheck, Block, "a group has a name of its own, and its members are people who were read", "correct the group, or the rules of groups", ByPlan, "the snapshot and the inventory", ""},
		{UnitsExcluded, Block, "organizational units do not exist in SCIM; groups can be made of them. ChromeOS is distributed by groups and units of LDAP alone", "let groups.units make groups, and change the rules that name units; ChromeOS needs units and stays with LDAP", ByPlan, "the snapshot; with the vendor's records, its devices and the files that were searched", ""},
		{Variables, Warn, "no configuration, policy or rule uses what only LDAP gives (userCN, userDN, userOU, custom LDAP attributes)", "list them in the portal and change them", ByPerson, "the vendor's configurations and exported files, where tenant.url or tenant.references give them", ""},
		{Reissue, Warn, "the new value of a custom attribute is the stored one, so that no certificate is issued again", "correct the value, or pick the time", ByTenant, "the LDAP values in the vendor's records", ""},
		{Licence, Block, "Entra ID Premium P1 is there when groups are assigned", "buy it, or assign people alone", ByPlan, "the licences of Entra ID; not needed where this program is the SCIM client", ""},
		{LDAPEnabled, Block, "there is one writer: the LDAP server is disabled, and no other application of Entra ID provisions the same service", "deselect Enable this LDAP Server, and show or attest it; pause the other application", ByAttestation, "the vendor's audit trail, or attest ldap-disabled; what shows that it syncs overrules both when it is later", ""},
		{Scope, Warn, "nobody is provisioned who was not meant to be", "look at the searches of the source, and at what is to be created; in Entra ID provision those who are assigned only", ByPlan, "the plan lists everybody; the scope and the assignments of Entra ID", ""},
		{NoDelete, "", "nothing is deleted, and nobody loses access unseen", "nothing to do", ByDesign, "no plan from a snapshot deletes, and a rollback only what was made, where it is told to; deactivations and removals of members need leave by name", ""},
		{Authentication, Note, "once SAML is set up, people of every source sign in through it, and only local ones can be excepted: a local administrator is on the exception list", "put one there before SAML is switched on, and look at the user settings for the registration of devices by those who stay behind", ByPerson, "the vendor's SAML page, which this version does not read", ""},
		{Volume, "", "the run fits into the time that there is", "part it in waves", ByPlan, "the estimate of requests and time", ""},
		{Token, Note, "the token is valid for the whole run, and is stored nowhere", "generate one that outlives it; there are two at most", ByPerson, "the vendor shows no lifetime; that no token is stored is tested", ""},
		{OneWay, Note, "the way back is known before the way there is gone", "read docs/vendor-page.md: the vendor documents no way from SCIM back to LDAP", ByPerson, "the before-values in the plan and the journal", ""},
	}
}

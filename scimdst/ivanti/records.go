package ivanti

import "ldap2scim/plan"

// Merge adds to accounts what an export says of the same user IDs, and those
// that only the export has. What the interface has said counts first.
func Merge(accounts, exported []plan.Account) []plan.Account {
	at := map[string]int{}
	for i, a := range accounts {
		at[plan.Fold(a.UID)] = i
	}
	for _, e := range exported {
		i, known := at[plan.Fold(e.UID)]
		if !known {
			at[plan.Fold(e.UID)] = len(accounts)
			accounts = append(accounts, e)
			continue
		}
		a := &accounts[i]
		if a.AppleID == "" {
			a.AppleID = e.AppleID
		}
		a.IDs = append(a.IDs, e.IDs...)
		a.NoSync = a.NoSync || e.NoSync
		for name, value := range e.Values {
			if a.Values == nil {
				a.Values = map[string]string{}
			}
			if _, stored := a.Values[name]; !stored {
				a.Values[name] = value
			}
		}
	}
	return accounts
}

// CountSources counts accounts by source. Those whose source is not known
// count under "".
func CountSources(accounts []plan.Account) map[string]int {
	counts := map[string]int{}
	for _, a := range accounts {
		counts[a.Source]++
	}
	return counts
}

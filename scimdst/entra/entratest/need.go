package entratest

import (
	"net/http"
	"slices"
	"strings"
)

// need is the application permissions of a request: of each line one, the
// least privileged first.
//
// Source: the table "Permissions" of each page under
// learn.microsoft.com/graph/api; for logs also the changelog of May 2025.
type need []string

// met refuses a client that lacks one.
func (n need) met(client *Client) error {
	var missing []string
	for _, line := range n {
		if !slices.ContainsFunc(strings.Fields(line), func(role string) bool { return slices.Contains(client.Roles, role) }) {
			missing = append(missing, line)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &graphError{
		status: http.StatusForbidden, code: "Authorization_RequestDenied",
		message: "Insufficient privileges to complete the operation.", missing: missing,
	}
}

func readUsers() need {
	return need{"User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All"}
}

func writeUsers() need { return need{"User.ReadWrite.All Directory.ReadWrite.All"} }

func readGroups() need {
	return need{"GroupMember.Read.All Group.Read.All GroupMember.ReadWrite.All Group.ReadWrite.All Directory.Read.All Directory.ReadWrite.All"}
}

func writeGroups() need { return need{"Group.ReadWrite.All Directory.ReadWrite.All"} }

func createGroups() need { return need{"Group.Create Group.ReadWrite.All Directory.ReadWrite.All"} }

func writeMembers() need {
	return need{"GroupMember.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All"}
}

func readOrganization() need {
	return need{"Organization.Read.All Directory.Read.All Organization.ReadWrite.All Directory.ReadWrite.All"}
}

func readLicences() need {
	return need{"LicenseAssignment.Read.All Organization.Read.All Directory.Read.All Organization.ReadWrite.All Directory.ReadWrite.All"}
}

func readApplications() need {
	return need{"Application.ReadWrite.OwnedBy Application.Read.All Application.ReadWrite.All Directory.Read.All"}
}

func writeApplications() need {
	return need{"Application.ReadWrite.OwnedBy Application.ReadWrite.All"}
}

func readAssignments() need {
	return need{"Application.Read.All Application.ReadWrite.OwnedBy Application.ReadWrite.All Directory.Read.All"}
}

func writeAssignments() need {
	return need{"AppRoleAssignment.ReadWrite.All", "Application.Read.All Directory.Read.All Application.ReadWrite.All"}
}

func readSynchronization() need {
	return need{"Synchronization.Read.All Synchronization.ReadWrite.All Application.ReadWrite.OwnedBy"}
}

func writeSynchronization() need {
	return need{"Synchronization.ReadWrite.All Application.ReadWrite.OwnedBy"}
}

func readLogs() need { return need{"ProvisioningLog.Read.All AuditLog.Read.All"} }

// AllRoles are permissions that suffice for every request that this server has.
func AllRoles() []string {
	return []string{
		"Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All",
		"AuditLog.Read.All", "Directory.Read.All", "Group.ReadWrite.All", "GroupMember.ReadWrite.All", "Organization.Read.All",
		"Synchronization.ReadWrite.All", "User.Read.All", "User.ReadWrite.All",
	}
}

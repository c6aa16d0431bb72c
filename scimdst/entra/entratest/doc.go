// Package entratest is Microsoft Graph in this process, as far as a
// destination needs it that lets Entra ID provision a service over SCIM: the
// directory, the application, its synchronization job, and the provisioning
// engine behind it. It is for tests and for demonstrations.
//
// # What it promises
//
// [Server] answers the requests that Microsoft documents, in the forms that it
// documents, under /v1.0; the samples are in testdata/samples, each with the
// page that it is from, and a test holds the answers against them member by
// member. A token endpoint gives tokens to its clients with the application
// permissions that they were granted, and each request is held against the
// permissions that its page asks for.
//
// It keeps quotas by resource units and by writes ([Limits]), and objects that
// were just made are not seen by everybody at once ([Options].Replication). A
// [Fault] makes it misbehave on purpose. A batch is done item by item, each
// with its own quota, fault and status.
//
// A job that is started really provisions: [Server.Cycle] reads the directory
// of this server, maps it by the job's schema, and sends SCIM requests by HTTP
// to the tenant URL that was put with the secrets, in the forms that Entra ID
// uses. What fails is kept and tried again; what fails too often puts the job
// into quarantine.
//
// Its ids and times come from counters, and its clock stands still but for the
// requests that it counts, so the same requests give the same answers.
//
// # What it refuses
//
// It listens on 127.0.0.1 only. A path, method, header, query option, filter
// or body member that is not in its tables is refused and remembered:
// [Server.Refused] must be empty at the end of a test. That holds for much that
// is documented and that nobody here asks for, such as $orderby, $search and
// $expand. There is no delegated sign-in, and no beta.
package entratest

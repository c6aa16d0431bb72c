// Package graph sends requests to Microsoft Graph with Microsoft's SDK: the
// sign-in of azidentity, the request adapter of msgraph-sdk-go-core, and the
// errors of msgraph-sdk-go. It is the only package that imports them, and only
// the program imports it, so that nothing else is slower to compile for it.
//
// # What it promises
//
// A [Client] sends each request once: the pipeline has no retry and no
// compression, which together send plain JSON that says it is gzip. An answer
// that is an error is an [*entra.Error] with what Graph said, and with how
// long it asked to wait. Documents go through as bytes, both ways: the SDK's
// models would drop what they do not know of a provisioning schema. What a
// request cost is counted ([Client.Usage]).
//
// # What it refuses
//
// The root package of msgraph-sdk-go and its models: they cost minutes to
// compile and nothing here has a use for them. A token is sent to the
// configured address only, and without encryption to loopback addresses only.
package graph

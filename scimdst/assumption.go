package scimdst

// What a profile may say, word by word. The empty word is the first of each.
type (
	// Dialect is a form of PATCH.
	Dialect string
	// Removal is how a PATCH names the members that go.
	Removal string
	// Paging is how a listing goes on.
	Paging string
	// ExternalIDUse is what a service does with externalId.
	ExternalIDUse string
	// Shown is where a service shows the members of a group.
	Shown string
	// Checked is when a group is counted that members were taken from.
	Checked string
	// Password says whether a new person gets one.
	Password string
	// ETag says whether versions are used.
	ETag string
	// Bulk says whether /Bulk is used.
	Bulk string
	// Counted says which requests a quota counts.
	Counted string
)

const (
	// DialectPaths has one operation for each attribute, with its path (RFC
	// 7644 §3.5.2).
	DialectPaths Dialect = "paths"
	// DialectValues has one operation without a path, whose value is a partial
	// resource. A multi-valued attribute in it takes the place of all values.
	DialectValues Dialect = "values"
	// DialectEntra is what Entra ID sends by default: capital operations and
	// booleans as the texts "True" and "False".
	DialectEntra Dialect = "entra"
	// DialectAADOptSCIM is what Entra ID sends with the flag aadOptscim062020:
	// one operation whose value has the paths as keys.
	DialectAADOptSCIM Dialect = "aadoptscim062020"

	// RemovalFilter sends one operation for each member, by a value filter.
	RemovalFilter Removal = "filter"
	// RemovalValue sends one operation with a list of members. Some services
	// then remove all.
	RemovalValue Removal = "value"

	// PagingIndex counts resources (RFC 7644 §3.4.2.4).
	PagingIndex Paging = "index"
	// PagingCursor follows nextCursor (RFC 9865).
	PagingCursor Paging = "cursor"

	// ExternalIDSearched: it is kept, and can be searched for.
	ExternalIDSearched ExternalIDUse = "searched"
	// ExternalIDKept: it is kept, and searching for it is not relied on.
	ExternalIDKept ExternalIDUse = "kept"
	// ExternalIDNone: it is not sent.
	ExternalIDNone ExternalIDUse = "none"

	// ShownUnknown: List finds out.
	ShownUnknown Shown = "unknown"
	// ShownListed: the listing of groups has them.
	ShownListed Shown = "listed"
	// ShownSingle: only the single group has them.
	ShownSingle Shown = "single"
	// ShownByUser: people can be searched by groups.value.
	ShownByUser Shown = "by_user"
	// ShownNowhere: nothing can be said of members.
	ShownNowhere Shown = "unreadable"

	// CheckedRequest counts after each request that takes members away.
	CheckedRequest Checked = "request"
	// CheckedStep counts after the first such request of a step and its last.
	CheckedStep Checked = "step"

	// PasswordNone: a new person has none.
	PasswordNone Password = "none"
	// PasswordGenerated: a new person gets a random one that nobody learns.
	PasswordGenerated Password = "generated"

	// ETagUsed sends If-Match where a version is known.
	ETagUsed ETag = "used"
	// ETagIgnored never sends it.
	ETagIgnored ETag = "ignored"

	// BulkOff never uses /Bulk.
	BulkOff Bulk = "off"
	// BulkTrusted uses it where it is announced.
	BulkTrusted Bulk = "trusted"

	// CountedAll counts every request.
	CountedAll Counted = "all"
	// CountedReads counts GET.
	CountedReads Counted = "reads"
	// CountedWrites counts everything but GET.
	CountedWrites Counted = "writes"
	// CountedNewPeople counts what creates or changes people.
	CountedNewPeople Counted = "people"
)

package checkpoints

import (
	"context"
	"iter"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// Which blocks of an inventory hold objects of a kind: all of them, those with an
// ID of ours, or the others, in order.
const (
	allBlocks     = " FROM resource_blocks WHERE inventory = " + resourcesOf + " AND kind = ? ORDER BY number"
	ownedBlocks   = " FROM resource_blocks WHERE inventory = " + resourcesOf + " AND kind = ? AND first <> '' ORDER BY number"
	unownedBlocks = " FROM resource_blocks WHERE inventory = " + resourcesOf + " AND kind = ? AND first = '' ORDER BY number"
	withMembers   = "SELECT body, members"
	noMembersRead = "SELECT body, NULL"
)

// resources yields the resources of the blocks that a query has. Its columns are
// body and members, which is NULL for groups without their members.
func (f *File) resources(ctx context.Context, k plan.Kind, query string, args ...any) iter.Seq2[plan.Resource, error] {
	return inEachBlock(ctx, f, func(b *blockReader) (plan.Resource, error) { return b.resource(k) }, query, args...)
}

// resource reads the next resource. Its strings share no memory with the block, so that who
// keeps one of them keeps little.
func (b *blockReader) resource(k plan.Kind) (plan.Resource, error) {
	r := plan.Resource{Kind: k}
	c := cursor{rest: strings.Clone(b.objects.list())}
	if b.ended = b.objects.endOfItem(); b.objects.err != nil {
		return r, b.objects.err
	}
	c.must('[')
	r.ExternalID = plan.ExternalID(c.text())
	c.must(',')
	r.RemoteID = plan.RemoteID(c.text())
	c.must(',')
	r.Version = c.text()
	c.must(',')
	r.Fields = c.fields()
	if c.must(']'); c.err != nil || b.members == nil {
		return r, c.err
	}
	r.Members = apart(texts[plan.RemoteID](b.members))
	return r, b.endOfMembers()
}

// resourceOf looks a resource up by our ID, and by the destination's where that
// is not ""; nil when there is none.
func (f *File) resourceOf(ctx context.Context, inventory int64, k plan.Kind, columns string, id plan.ExternalID, remote plan.RemoteID) (*plan.Resource, error) {
	// Several may bear our ID, in more than one block.
	for r, err := range f.resources(ctx, k, columns+" FROM resource_blocks WHERE inventory = "+resourcesOf+` AND kind = ?2 AND first <= ?3
		AND number >= (SELECT coalesce(max(number), 0) FROM resource_blocks WHERE inventory = `+resourcesOf+" AND kind = ?2 AND first < ?3) ORDER BY number", inventory, string(k), string(id)) {
		if err != nil {
			return nil, err
		}
		if r.ExternalID == id && (remote == "" || r.RemoteID == remote) {
			return &r, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing there is no error
}

// resourceBy looks a resource up by the destination's id; nil when there is none.
func (f *File) resourceBy(ctx context.Context, inventory int64, k plan.Kind, remote plan.RemoteID) (*plan.Resource, error) {
	for r, err := range f.resources(ctx, k, noMembersRead+" FROM resource_blocks WHERE inventory = "+resourcesOf+" AND kind = ? AND instr(body, ?) > 0 ORDER BY number",
		inventory, string(k), string(appendText(nil, string(remote)))) {
		if err != nil {
			return nil, err
		}
		if r.RemoteID == remote {
			return &r, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing there is no error
}

// groupsWith yields the groups that the destination has somebody in.
func (f *File) groupsWith(ctx context.Context, inventory int64, remote plan.RemoteID) iter.Seq2[plan.Resource, error] {
	return func(yield func(plan.Resource, error) bool) {
		for g, err := range f.resources(ctx, plan.Group, withMembers+" FROM resource_blocks WHERE inventory = "+resourcesOf+" AND kind = 'group' AND instr(members, ?) > 0 ORDER BY number",
			inventory, string(appendText(nil, string(remote)))) {
			if err == nil && !slices.Contains(g.Members, remote) {
				continue
			}
			if !yield(g, err) {
				return
			}
		}
	}
}

package checkpoints

import (
	"context"
	"iter"
	"slices"
	"strings"

	"ldap2scim/plan"
)

// entries yields the entries of the blocks that a query has. Its columns are
// body and members, which is NULL for entries without their members.
func (f *File) entries(ctx context.Context, k plan.Kind, query string, args ...any) iter.Seq2[plan.Entry, error] {
	return inEachBlock(ctx, f, func(b *blockReader) (plan.Entry, error) { return b.entry(k) }, query, args...)
}

// entry reads the next entry. Its strings share no memory with the block, and few of
// them with each other: who keeps one of them keeps little.
func (b *blockReader) entry(k plan.Kind) (plan.Entry, error) {
	c := &b.objects
	e := plan.Entry{Kind: k}
	c.must('[')
	e.ID = plan.ExternalID(strings.Clone(c.text()))
	c.must(',')
	e.DN = strings.Clone(c.text())
	c.must(',')
	e.Key = strings.Clone(c.text())
	c.must(',')
	attrs := strings.Clone(c.object())
	if c.is(',') {
		e.UID = strings.Clone(c.text())
		c.must(',')
		e.Inactive = strings.Clone(c.text())
		c.must(',')
		e.Flaws = apart(texts[string](c))
	}
	c.must(']')
	if b.ended = c.endOfItem(); c.err != nil {
		return e, c.err
	}
	err := b.nextMembers(&e)
	if err == nil {
		e.Attrs, err = decodeAttrs(attrs)
	}
	return e, err
}

// nextMembers reads the members of the entry.
func (b *blockReader) nextMembers(e *plan.Entry) error {
	c := b.members
	if c == nil {
		return nil
	}
	c.must('[')
	if !c.is(']') {
		e.Members = apart(texts[string](c))
		if c.is(',') {
			e.MemberUIDs = apart(texts[string](c))
		}
		c.must(']')
	}
	return b.endOfMembers()
}

// apart returns a list of the same texts in memory of their own.
func apart[S ~string](list []S) []S {
	size := 0
	for _, s := range list {
		size += len(s)
	}
	var b strings.Builder
	b.Grow(size)
	for _, s := range list {
		b.WriteString(string(s))
	}
	whole := S(b.String())
	for i, s := range list {
		list[i], whole = whole[:len(s)], whole[len(s):]
	}
	return list
}

// entry looks an entry up; nil when there is none.
func (f *File) entry(ctx context.Context, snapshot int64, k plan.Kind, id plan.ExternalID) (*plan.Entry, error) {
	for e, err := range f.entries(ctx, k, "SELECT body, NULL FROM entry_blocks WHERE snapshot = "+entriesOf+" AND kind = ? AND first <= ? ORDER BY first DESC LIMIT 1", snapshot, string(k), string(id)) {
		if err != nil {
			return nil, err
		}
		if e.ID == id {
			return &e, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing there is no error
}

// groupsOf yields the groups that an entry is a direct member of.
func (f *File) groupsOf(ctx context.Context, snapshot int64, e plan.Entry) iter.Seq2[plan.Entry, error] {
	return func(yield func(plan.Entry, error) bool) {
		for g, err := range f.entries(ctx, plan.Group, "SELECT body, members FROM entry_blocks WHERE snapshot = "+entriesOf+` AND kind = 'group'
			AND (instr(members, ?2) > 0 OR ?3 <> '""' AND instr(members, ?3) > 0) ORDER BY first`, snapshot, string(appendText(nil, e.Key)), string(appendText(nil, e.UID))) {
			if err == nil && !slices.Contains(g.Members, e.Key) && (e.UID == "" || !slices.Contains(g.MemberUIDs, e.UID)) {
				continue
			}
			if !yield(g, err) {
				return
			}
		}
	}
}

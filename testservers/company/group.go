package company

import "fmt"

// Group is a group of the directory.
type Group struct {
	// UUID is the entryUUID.
	UUID string
	DN   string
	Name string
}

// Group returns the group of a number from 0 to Groups-1.
func (c Company) Group(number int) Group {
	name := fmt.Sprintf("team-%06d", number)
	if number%50 == 3 { // names that need care in a DN and in a filter
		name = fmt.Sprintf("Grupp Å, (natt) + \"dag\" #%d", number)
	}
	return Group{
		UUID: uuid(c.random(randomGroup, number)),
		DN:   "cn=" + escapeRDN(name) + ",ou=groups," + c.suffix(),
		Name: name,
	}
}

// group holds the numbers of a group's direct members, each in order and once.
type group struct {
	people []int32
	groups []int32
	// parent is the group that holds this one, or 0: group 0 holds none.
	parent int
}

// branches is how many groups a group of groups holds.
const branches = 10

// tree returns who is in which group. The first groups hold people; each group
// after them holds ten of those before it, and one person: with 111 groups or
// more the last holds groups of groups.
func (c Company) tree() []group {
	tree := make([]group, c.Groups)
	if c.Groups == 0 || c.People == 0 {
		return tree[:0]
	}
	teams := c.Groups
	if c.Groups > branches {
		// Of g groups, a tenth of the teams are above them, and a tenth of
		// those: g = teams * (1 + 1/10 + 1/100 + ...).
		teams = (c.Groups*(branches-1) + branches - 1) / branches
	}
	for number := range c.People {
		r := c.random(randomMembership, number)
		if r.IntN(20) == 0 {
			continue // is in no group
		}
		home := r.IntN(teams)
		tree[home].people = append(tree[home].people, int32(number))
		// Everybody is in one more, the earlier ones far more often.
		x := r.Float64()
		if other := int(x * x * x * float64(teams)); other != home {
			tree[other].people = append(tree[other].people, int32(number))
		}
	}
	next := 0
	for i := teams; i < len(tree); i++ {
		for ; next < i && len(tree[i].groups) < branches; next++ {
			tree[i].groups = append(tree[i].groups, int32(next))
			tree[next].parent = i
		}
	}
	for i := range tree { // groupOfNames cannot be empty
		if len(tree[i].people) == 0 {
			tree[i].people = []int32{int32(i % c.People)}
		}
	}
	return tree
}

// groupsOfPeople returns, for each person, the groups that hold it directly.
func groupsOfPeople(tree []group, people int) [][]int32 {
	of := make([][]int32, people)
	for i, g := range tree {
		for _, p := range g.people {
			of[p] = append(of[p], int32(i))
		}
	}
	return of
}

func (c Company) writeGroup(out *ldif, number int, g group) {
	entry := c.Group(number)
	out.attribute("dn", entry.DN)
	out.attribute("objectClass", "groupOfNames")
	out.attribute("entryUUID", entry.UUID)
	out.attribute("cn", entry.Name)
	out.attribute("description", "group "+entry.Name)
	for _, p := range g.people {
		out.attribute("member", c.Person(int(p)).DN)
	}
	for _, child := range g.groups {
		out.attribute("member", c.Group(int(child)).DN)
	}
	if g.parent > 0 {
		out.attribute("memberOf", c.Group(g.parent).DN)
	}
	out.end()
}

package views

import "iter"

// Grouped is a sequence of any length in groups. It remembers how many values
// each group has and the first of them, so that a short sequence is read once,
// and a long one in little memory.
type Grouped[K comparable, T any] struct {
	// Most is how many of each group are shown; 0 means all.
	Most int
	// Counts says how many values each group has.
	Counts map[K]int

	all   iter.Seq2[T, error]
	key   func(T) K
	first map[K][]T
}

// remembered is how many values of a group stay in memory.
const remembered = 100

// GroupBy reads all once; what is longer than is remembered is read again for
// each group that is shown. Each value goes to also with its group.
func GroupBy[K comparable, T any](all iter.Seq2[T, error], key func(T) K, most int, also func(K, T)) (Grouped[K, T], error) {
	g := Group(key)
	g.Most, g.all = most, all
	for v, err := range all {
		if err != nil {
			return g, err
		}
		also(g.Add(v), v)
	}
	return g, nil
}

// Group makes groups of what is added. Where more is shown than is remembered,
// Over must say before what to read again.
func Group[K comparable, T any](key func(T) K) Grouped[K, T] {
	return Grouped[K, T]{Counts: map[K]int{}, key: key, first: map[K][]T{}}
}

// Add adds a value, and returns its group.
func (g *Grouped[K, T]) Add(v T) K {
	k := g.key(v)
	g.Counts[k]++
	if len(g.first[k]) < remembered {
		g.first[k] = append(g.first[k], v)
	}
	return k
}

// Over returns the groups with the sequence of all that was added, of which so
// many of each group are shown.
func (g Grouped[K, T]) Over(all iter.Seq2[T, error], most int) Grouped[K, T] {
	g.all, g.Most = all, most
	return g
}

// Shown yields what is shown of one group.
func (g Grouped[K, T]) Shown(k K) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := g.Counts[k] - g.Hidden(k)
		if n <= len(g.first[k]) {
			for _, v := range g.first[k][:n] {
				if !yield(v, nil) {
					return
				}
			}
			return
		}
		for v, err := range g.all {
			if n == 0 {
				return
			}
			if err == nil && g.key(v) != k {
				continue
			}
			n--
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// Hidden returns the number of values of a group that are not shown.
func (g Grouped[K, T]) Hidden(k K) int {
	if g.Most == 0 {
		return 0
	}
	return max(0, g.Counts[k]-g.Most)
}

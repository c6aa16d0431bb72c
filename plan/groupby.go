package plan

import "iter"

// grouped is a sequence of any length in groups. It remembers how many values
// each group has and the first of them, so that a small plan is read once, and
// a long one in little memory.
type grouped[K comparable, T any] struct {
	all    iter.Seq2[T, error]
	key    func(T) K
	most   int // of each group that are shown; 0 means all
	counts map[K]int
	first  map[K][]T
}

// remembered is how many values of a group stay in memory.
const remembered = 100

// groupBy reads all once. Each value goes to also with its group.
func groupBy[K comparable, T any](all iter.Seq2[T, error], key func(T) K, most int, also func(K, T)) (grouped[K, T], error) {
	g := grouped[K, T]{all: all, key: key, most: most, counts: map[K]int{}, first: map[K][]T{}}
	for v, err := range all {
		if err != nil {
			return g, err
		}
		k := key(v)
		g.counts[k]++
		if len(g.first[k]) < remembered {
			g.first[k] = append(g.first[k], v)
		}
		also(k, v)
	}
	return g, nil
}

// shown yields what is shown of one group.
func (g grouped[K, T]) shown(k K) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := g.counts[k] - g.hidden(k)
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

// hidden returns the number of values that are not.
func (g grouped[K, T]) hidden(k K) int {
	if g.most == 0 {
		return 0
	}
	return max(0, g.counts[k]-g.most)
}

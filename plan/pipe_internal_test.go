package plan

import (
	"errors"
	"sync/atomic"
	"testing"
)

func TestPipe(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		stopAt, failAt int
		want           error
	}{"whole": {1000, -1, nil}, "producer fails": {500, -1, broken}, "consumer fails": {1000, 300, broken}, "consumer fails at the end": {1000, 999, broken}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next := 0
			err := Pipe(func(put func(int) error) error {
				for i := range tt.stopAt {
					if err := put(i); err != nil {
						return err
					}
				}
				if tt.stopAt < 1000 {
					return broken
				}
				return nil
			}, func(i int) error {
				if i != next {
					t.Errorf("got %d after %d", i, next-1)
				}
				next++
				if i == tt.failAt {
					return broken
				}
				return nil
			})
			whole := tt.stopAt
			if tt.failAt >= 0 {
				whole = tt.failAt + 1
			}
			if !errors.Is(err, tt.want) || next != whole {
				t.Errorf("got %v after %d values", err, next)
			}
		})
	}
}

// What is under way weighs no more than there is room for, or is alone.
func TestPipeWeighed(t *testing.T) {
	t.Parallel()
	var underWay, most atomic.Int64
	weigh := func(n int) int { return n }
	next := 0
	err := PipeWeighed(weigh, func(put func(int) error) error {
		for i := range 2000 {
			if i == 1500 {
				i = 3 * PipeRoom
			}
			now := underWay.Add(int64(i))
			most.Store(max(most.Load(), now))
			if err := put(i); err != nil {
				return err
			}
		}
		return nil
	}, func(n int) error {
		if n != next && n != 3*PipeRoom {
			t.Errorf("got %d, want %d", n, next)
		}
		next++
		underWay.Add(-int64(n))
		return nil
	})
	// One more batch is being made, and one is not given back yet.
	if err != nil || next != 2000 || most.Load() > 3*PipeRoom+PipeRoom+2*2000 {
		t.Errorf("%d values, %d under way, %v", next, most.Load(), err)
	}
}

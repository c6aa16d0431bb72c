package plan

import (
	"errors"
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
			if !errors.Is(err, tt.want) || tt.want == nil && next != 1000 {
				t.Errorf("got %v after %d values", err, next)
			}
		})
	}
}

package checkpoints

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

const (
	// freshRow is how many steps come as one row: a row costs more than a step
	// in it.
	freshRow = 64
	// freshBytes is how much is read at once, or a row more. Most steps have
	// some hundred bytes, and those on the members of large groups very many.
	freshBytes = 4 << 20
)

// fresh returns the next n steps after seq, after which none has been marked:
// they are pending, and have no row in the journal.
func (p prepared) fresh(ctx context.Context, planID, after int64, n int) ([]pendingStep, error) {
	all := make([]pendingStep, 0, n)
	for read := 0; len(all) < n && read < freshBytes; {
		var lines string // JSON has no line break
		err := p.row(ctx, &lines, `SELECT coalesce(group_concat(seq || ' ' || body, char(10)), '')
			FROM (SELECT seq, body FROM steps WHERE plan = ? AND seq > ? ORDER BY seq LIMIT ?)`, planID, after, min(n-len(all), freshRow))
		if err != nil || lines == "" {
			return all, err
		}
		for line := range strings.SplitSeq(lines, "\n") {
			next, err := readFresh(line)
			if err == nil && next.Seq <= after {
				err = fmt.Errorf("step %d comes after step %d", next.Seq, after)
			}
			if err != nil {
				return nil, err
			}
			all, after = append(all, next), next.Seq
		}
		read += len(lines)
	}
	return all, nil
}

func readFresh(line string) (p pendingStep, err error) {
	seq, body, _ := strings.Cut(line, " ")
	if p.Seq, err = strconv.ParseInt(seq, 10, 64); err != nil {
		return p, err
	}
	p.Step, err = readStep(body)
	return p, err
}

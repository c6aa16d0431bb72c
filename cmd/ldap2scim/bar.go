package main

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// widestBar is how wide the bar itself is at the most, and narrowestBar at the
// least: where there is less room there is none.
const widestBar, narrowestBar = 30, 8

// line says where the run stands, in words.
func (t *tally) line(now time.Time) string {
	return "apply: " + strings.Join(t.words(now, monochrome), " · ")
}

// bar is the same with a bar, in at most width columns.
func (t *tally) bar(now time.Time, width int, p paint) string {
	words := "  " + strings.Join(t.words(now, monochrome), " · ")
	const head = "apply "
	room := width - 1 - len(head) - 2 - utf8.RuneCountInString(words)
	if room < narrowestBar {
		return cut("apply"+words, width-1)
	}
	room = min(room, widestBar)
	full := room
	if t.total > 0 {
		full = room * (t.total - t.pending()) / t.total
	}
	return head + "[" + p.good(strings.Repeat("=", full)) + strings.Repeat("-", room-full) + "]  " + strings.Join(t.words(now, p), " · ")
}

// words are the parts of what is said of a run.
func (t *tally) words(now time.Time, p paint) []string {
	done := fmt.Sprintf("%d of %d done", t.done, t.total)
	if t.total > 0 {
		done = fmt.Sprintf("%d%% · ", 100*(t.total-t.pending())/t.total) + done
	}
	words := []string{done, fmt.Sprintf("%d failed", t.failed), fmt.Sprintf("%d waiting", t.count(turnWaiting, turnRefused))}
	if t.failed > 0 {
		words[1] = p.bad(words[1])
	}
	if t.unknown > 0 {
		words = append(words, p.bad(fmt.Sprintf("%d unknown", t.unknown)))
	}
	return append(words, t.going(now)...)
}

// going is how fast it goes, and for how long yet.
func (t *tally) going(now time.Time) []string {
	words := []string{t.pace(now)}
	switch left := t.left(now); {
	case t.paused:
		words = append(words, "paused")
	case t.down:
		words = append(words, "waiting for the destination")
	case left >= 0:
		words = append(words, "ETA "+left.Round(time.Second).String())
	}
	return words
}

// pace is the rate against what is allowed.
func (t *tally) pace(now time.Time) string {
	text := perSecond(t.sent.rate(now)) + "/s"
	if limit := t.allowed(); limit > 0 {
		text += " of " + perSecond(limit)
	}
	if t.learnt > 0 {
		text += ", learnt " + perSecond(t.learnt)
	}
	return text
}

// perSecond has three digits that matter, and no more.
func perSecond(rate float64) string {
	if rate < 99.95 {
		return fmt.Sprintf("%.1f", rate)
	}
	return fmt.Sprintf("%.0f", rate)
}

// cut shortens a text to so many columns.
func cut(text string, columns int) string {
	if utf8.RuneCountInString(text) <= columns {
		return text
	}
	return string([]rune(text)[:max(columns, 0)])
}

// paint says whether what is good and what is bad stands out, besides its words.
type paint string

const (
	monochrome paint = "monochrome"
	coloured   paint = "coloured"
)

func (p paint) good(text string) string { return p.in("\x1b[32m", text) }

func (p paint) bad(text string) string { return p.in("\x1b[31m", text) }

func (p paint) in(code, text string) string {
	if p == monochrome || text == "" {
		return text
	}
	return code + text + "\x1b[0m"
}

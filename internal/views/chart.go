package views

import "strings"

// chartWidth is the width of a bar in the units of its SVG.
const chartWidth = 1000

// Figure is one number that is seen first.
type Figure struct {
	N          int
	What, Tone string
}

// Bar is one bar of a chart. Symbol may stand before its name, Fill names the
// style of its colour.
type Bar struct {
	Symbol, Name, Fill string
	N, Width           int
}

// Bars gives bars their widths: the longest fills its track.
func Bars(all []Bar) []Bar {
	most := 0
	for _, b := range all {
		most = max(most, b.N)
	}
	for i := range all {
		all[i].Width = share(all[i].N, most)
	}
	return all
}

// share is n of most in the units of a chart, and never nothing for something.
func share(n, most int) int {
	if n == 0 || most == 0 {
		return 0
	}
	return max(1, int(float64(n)*chartWidth/float64(most)+.5))
}

// Part is a part of a bar.
type Part struct {
	Fill string
	N    int
	// Words say what it is: "12 to create".
	Words string

	X, Width int
}

// Stack is one bar that is parted.
type Stack struct {
	Name, Words string
	N           int
	Parts       []Part
}

// NewStack parts a bar. A part that is there at all is seen.
func NewStack(name string, parts []Part) Stack {
	const least = 6
	line := Stack{Name: name}
	for _, p := range parts {
		line.N += p.N
	}
	var words []string
	sum, large := 0, 0
	for _, p := range parts {
		if p.N == 0 {
			continue
		}
		p.Width = max(least, share(p.N, line.N))
		sum += p.Width
		line.Parts = append(line.Parts, p)
		words = append(words, p.Words)
		if p.Width > line.Parts[large].Width {
			large = len(line.Parts) - 1
		}
	}
	if len(line.Parts) > 0 { // what the small ones got, the large one gives
		line.Parts[large].Width += chartWidth - sum
	}
	for x, i := 0, 0; i < len(line.Parts); i++ {
		line.Parts[i].X = x
		x += line.Parts[i].Width
	}
	line.Words = name + ": " + strings.Join(words, ", ")
	return line
}

// Classes are objects by class and kind: a bar for each kind, and the same in
// a table.
type Classes struct {
	Caption string
	Bars    []Stack
	Kinds   []string
	Counts  []ClassCount
	Totals  []int
}

// ClassCount is one class in the table. Fill names the style of its colour.
type ClassCount struct {
	Fill, Name string
	N          []int // by kind
}

// Stacks are several parted bars.
type Stacks struct {
	Caption string
	Bars    []Stack
}

// Columns are counts over time.
type Columns struct {
	Caption string
	// Words say what is seen, From and To what the ends of the axis are.
	Words, From, To string
	Most            int
	All             []Column
}

// Column is one of them, in the units of its SVG.
type Column struct {
	X, Y, Width, Height int
	Words               string
}

// columnHeight is the height of the tallest column.
const columnHeight = 200

// NewColumns draws counts side by side. One that is not nothing is seen.
func NewColumns(caption string, counts []int) Columns {
	c := Columns{Caption: caption}
	sum := 0
	for _, n := range counts {
		c.Most = max(c.Most, n)
		sum += n
	}
	slots := max(len(counts), 12) // one column alone is no block
	for i, n := range counts {
		x, next := i*chartWidth/slots, (i+1)*chartWidth/slots
		height := 0
		if n > 0 {
			height = max(3, n*columnHeight/c.Most)
		}
		c.All = append(c.All, Column{X: x, Width: max(1, next-x-1), Y: columnHeight - height, Height: height, Words: Digits(n)})
	}
	c.Words = caption + ": " + Digits(sum) + " in all, at the most " + Digits(c.Most) + " at a time"
	return c
}

// Table is any table; its first column says what a line is about.
type Table struct {
	Label   string
	Columns []string
	Lines   [][]string
}

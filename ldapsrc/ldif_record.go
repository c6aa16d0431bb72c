package ldapsrc

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ldifFile reads the records of one LDIF file.
type ldifFile struct {
	name  string
	lines ldifLines
	names *decoder
	// missing says in words why the file does not hold everything.
	missing []string
}

// record returns the next entry, or io.EOF after the last.
func (f *ldifFile) record() (record, error) {
	for {
		block, err := f.block()
		if err != nil {
			return record{}, err
		}
		if r, ok, err := f.parse(block); ok || err != nil {
			return r, err
		}
	}
}

// ldifLine is a line with its number.
type ldifLine struct {
	number      int
	name, value string
}

// block returns the lines up to the next empty one.
func (f *ldifFile) block() ([]ldifLine, error) {
	var block []ldifLine
	for {
		line, err := f.lines.next()
		switch {
		case errors.Is(err, io.EOF) && len(block) > 0, err == nil && line == "" && len(block) > 0:
			return block, nil
		case err != nil:
			f.end()
			return nil, err
		case line == "":
			continue
		}
		name, value, err := parseLDIFLine(line)
		if err == nil && strings.EqualFold(name, "changetype") && !strings.EqualFold(value, "add") {
			// What follows has another form.
			err = fmt.Errorf("a change of type %q is not an entry; only add is", value)
		}
		if err != nil {
			return nil, f.at(f.lines.begun, err)
		}
		block = append(block, ldifLine{f.lines.begun, name, value})
	}
}

// end finds what is missing at the end of the file.
func (f *ldifFile) end() {
	if f.lines.cut {
		f.miss("it ends in the middle of a line")
		f.lines.cut = false
	}
	if n := f.lines.references; n > 0 {
		f.miss(fmt.Sprintf("it holds %s that were not followed", count(n, "reference")))
		f.lines.references = 0
	}
}

func (f *ldifFile) miss(why string) { f.missing = append(f.missing, f.name+": "+why) }

func (f *ldifFile) at(line int, err error) error {
	return fmt.Errorf("%s:%d: %w", f.name, line, err)
}

// parse makes a record of a block. It returns false for a block that is none.
func (f *ldifFile) parse(block []ldifLine) (record, bool, error) {
	if strings.EqualFold(block[0].name, "version") {
		if block[0].value != "1" {
			return record{}, false, f.at(block[0].number, fmt.Errorf("LDIF version %q is not 1", block[0].value))
		}
		if block = block[1:]; len(block) == 0 {
			return record{}, false, nil
		}
	}
	switch strings.ToLower(block[0].name) {
	case "dn":
		r, err := f.entry(block)
		return r, err == nil, err
	case "search":
		return record{}, false, f.trailer(block)
	case "ref":
		f.lines.references++
		return record{}, false, nil
	}
	return record{}, false, f.at(block[0].number, fmt.Errorf("a record begins with dn, not with %s", block[0].name))
}

// trailer reads how a search of ldapsearch ended, which it prints without -L.
func (f *ldifFile) trailer(block []ldifLine) error {
	for _, line := range block {
		if !strings.EqualFold(line.name, "result") {
			continue
		}
		digits, _, _ := strings.Cut(line.value, " ")
		code, err := strconv.Atoi(digits)
		if err != nil {
			return f.at(line.number, fmt.Errorf("the result %q has no number", line.value))
		}
		if code != 0 {
			f.miss("the search that it holds ended with result " + line.value)
		}
	}
	return nil
}

func (f *ldifFile) entry(block []ldifLine) (record, error) {
	r := record{dn: block[0].value, attrs: make(map[string][]string, 16)}
	for _, line := range block[1:] {
		switch strings.ToLower(line.name) {
		case "changetype":
			continue
		case "control":
			return r, f.at(line.number, errors.New("a change with a control is not an entry"))
		case "dn":
			return r, f.at(line.number, errors.New("a record has one dn; an empty line stands between two records"))
		}
		known := f.names.describe(line.name)
		r.attrs[known.name] = append(r.attrs[known.name], line.value)
		if known.next > 0 && (len(r.left) == 0 || r.left[len(r.left)-1].attribute != known.asked) {
			r.left = append(r.left, rest{known.asked, known.next})
		}
	}
	for _, left := range r.left {
		f.miss(fmt.Sprintf("of %s, %s from value %d on is not there", r.dn, left.attribute, left.from))
	}
	return r, nil
}

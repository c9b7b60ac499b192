package kiosk

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrList is what every [Faults] is: a list that cannot be taken as it stands.
var ErrList = errors.New("list cannot be taken")

// Limits of an imported list.
const (
	maxListBytes  = 16 << 20
	maxListRows   = 50_000
	maxListFaults = 100
	maxLabel      = 60  // letters
	maxListGuests = 999 // of one part of one day
)

// ListRow is one row of an attendance list: a person who was there, or, with an
// empty Person, how many guests there were.
type ListRow struct {
	Line   int    // in the file, from 1
	Person string // the list's own label; the same label is the same person
	Day    Day
	Part   Part
	Guests int
}

// Fault is one thing wrong with a list. It never repeats a person's label.
type Fault struct {
	Line    int    // from 1
	Column  int    // from 1, as a spreadsheet counts; 0 for the whole line
	Problem string // what was wrong, and what would be right
}

func (f Fault) String() string {
	if f.Column == 0 {
		return fmt.Sprintf("line %d: %s", f.Line, f.Problem)
	}
	name := ""
	if f.Column <= len(listHeader()) {
		name = " (" + listHeader()[f.Column-1] + ")"
	}
	return fmt.Sprintf("line %d, column %d%s: %s", f.Line, f.Column, name, f.Problem)
}

// Faults are all that is wrong with a list, up to a hundred, in the order of
// the file. It is an ErrList.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// Is makes every Faults an ErrList.
func (Faults) Is(err error) bool { return err == ErrList }

func listHeader() []string { return []string{"person", "day", "part", "guests"} }

// ParseList reads a list kept on paper or in a spreadsheet: UTF-8 text of the
// columns person, day, part and guests, under exactly that header, separated by
// commas, or throughout by semicolons as Dutch spreadsheets do. A byte order
// mark, line ends of any kind and rows of nothing but empty cells are fine.
//
// A row is a person (any label up to 60 letters), a day (YYYY-MM-DD, not after
// today) and a part (ochtend, middag or avond); or an empty person and a number
// of guests. A person who stands twice in one part of a day is there once. Two
// numbers of guests for one part of a day are a fault, because nobody can tell
// whether the second replaces the first or comes on top of it.
//
// The error is of type Faults when the list is wrong, in which case no row may
// be used; any other error is one of reading.
func ParseList(r io.Reader, today Day) ([]ListRow, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxListBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	if len(text) > maxListBytes {
		return nil, Faults{{Line: 1, Problem: fmt.Sprintf("file is larger than %d MB", maxListBytes>>20)}}
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if line, ok := badText(text); !ok {
		return nil, Faults{{Line: line, Problem: "not UTF-8 text: save the list as CSV in UTF-8"}}
	}
	p := &listParser{today: today, guests: make(map[listSlot]int)}
	p.parse(text)
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	return p.rows, nil
}

// badText returns the first line that is not UTF-8.
func badText(text []byte) (line int, ok bool) {
	if utf8.Valid(text) {
		return 0, true
	}
	scan := bufio.NewScanner(bytes.NewReader(text))
	scan.Buffer(nil, len(text)+1)
	for line = 1; scan.Scan() && utf8.Valid(scan.Bytes()); line++ {
	}
	return line, false
}

// listSlot is one part of one day.
type listSlot struct {
	day  Day
	part Part
}

type listParser struct {
	today  Day
	rows   []ListRow
	guests map[listSlot]int // line on which the guests of a slot stand
	faults Faults
}

func (p *listParser) fault(line, column int, format string, args ...any) {
	if len(p.faults) == maxListFaults {
		format, args = "and more after this", nil
	} else if len(p.faults) > maxListFaults {
		return
	}
	p.faults = append(p.faults, Fault{line, column, fmt.Sprintf(format, args...)})
}

func (p *listParser) parse(text []byte) {
	// A lone CR ends a line in files of old spreadsheets, which encoding/csv
	// does not know.
	if !bytes.Contains(text, []byte("\n")) {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	read := csv.NewReader(bytes.NewReader(text))
	read.FieldsPerRecord = -1
	read.ReuseRecord = true
	if head, _, _ := bytes.Cut(text, []byte("\n")); bytes.IndexByte(head, ',') < 0 {
		read.Comma = ';'
	}
	for first := true; len(p.faults) <= maxListFaults; first = false {
		cells, err := read.Read()
		if errors.Is(err, io.EOF) {
			if first {
				p.fault(1, 0, "file is empty, want the header %s", strings.Join(listHeader(), ","))
			}
			return
		}
		if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
			// What follows a stray quotation mark cannot be told apart any more.
			p.fault(broken.StartLine, 0, "quotation marks do not match")
			return
		}
		line, _ := read.FieldPos(0)
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case first:
			if !slices.EqualFunc(cells, listHeader(), strings.EqualFold) {
				p.fault(line, 0, "want the header %s", strings.Join(listHeader(), ","))
				return
			}
		case len(p.rows) == maxListRows:
			p.fault(line, 0, "more than %d rows: cut the list in two", maxListRows)
			return
		case strings.Join(cells, "") != "":
			p.row(line, cells)
		}
	}
}

// row takes one row, or notes all that is wrong with it.
func (p *listParser) row(line int, cells []string) {
	if len(cells) != len(listHeader()) {
		p.fault(line, 0, "%d columns, want 4: %s", len(cells), strings.Join(listHeader(), ","))
		return
	}
	before := len(p.faults)
	// The label outlives the buffer that the reader uses again.
	row := ListRow{Line: line, Person: strings.Clone(cells[0])}
	if utf8.RuneCountInString(row.Person) > maxLabel || strings.ContainsFunc(row.Person, unicode.IsControl) {
		p.fault(line, 1, "want at most %d letters on one line", maxLabel)
	}
	row.Day = p.day(line, cells[1])
	row.Part = p.part(line, cells[2])
	row.Guests = p.number(line, row.Person, cells[3])
	if len(p.faults) > before {
		return
	}
	if row.Person == "" {
		at := listSlot{row.Day, row.Part}
		if other, twice := p.guests[at]; twice {
			p.fault(line, 4, "guests of this day and part stand on line %d already: give one number", other)
			return
		}
		p.guests[at] = line
	}
	p.rows = append(p.rows, row)
}

func (p *listParser) day(line int, cell string) Day {
	d, err := ParseDay(cell)
	switch {
	case err != nil:
		p.fault(line, 2, "%v", err)
	case d > p.today:
		p.fault(line, 2, "%s: %v", d, ErrFuture)
	case d < Date(2000, 1, 1):
		p.fault(line, 2, "%s lies before the year 2000", d)
	}
	return d
}

func (p *listParser) part(line int, cell string) Part {
	part := Part(strings.ToLower(cell))
	if !slices.Contains(Parts(), part) {
		p.fault(line, 3, "no part of the day: %.20q, want ochtend, middag or avond", cell)
	}
	return part
}

// number reads the guests of a row without a person, and wants none of a row
// with one.
func (p *listParser) number(line int, person, cell string) int {
	n := 0
	for _, digit := range cell {
		if digit < '0' || digit > '9' || n > maxListGuests {
			n = -1
			break
		}
		n = 10*n + int(digit-'0')
	}
	switch {
	case person == "" && (cell == "" || n < 0 || n > maxListGuests):
		p.fault(line, 4, "want a person, or a number of guests from 0 to %d", maxListGuests)
	case person != "" && cell != "" && n != 0:
		p.fault(line, 4, "a row is a person or a number of guests, not both")
	}
	return n
}

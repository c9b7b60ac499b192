package attendancelist

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// ErrList is what every [Problems] is: a list that cannot be taken as it stands.
var ErrList = errors.New("list cannot be taken")

// Limits of an imported list.
const (
	maxBytes    = 16 << 20
	maxRows     = 200_000
	maxProblems = 100
	maxLabel    = 200 // letters
	maxGuests   = 999 // of one part of one day
)

// Row is one row of an attendance list: a person who was there, or, with an
// empty Person, how many guests there were.
type Row struct {
	Line   int    // in the file, from 1
	Person string // the list's own label; the same label is the same person
	Day    count.Day
	Part   count.Part
	Guests int
}

// Problem is one thing wrong with a list. It never repeats a person's label.
type Problem struct {
	Line    int    // from 1
	Column  int    // from 1, as a spreadsheet counts
	Message string // what was wrong, and what would be right
}

func (f Problem) String() string {
	name := ""
	if f.Column <= len(header()) {
		name = " (" + header()[f.Column-1] + ")"
	}
	return fmt.Sprintf("line %d, column %d%s: %s", f.Line, f.Column, name, f.Message)
}

// Problems are all that is wrong with a list, up to a hundred, in the order of
// the file. It is an ErrList.
type Problems []Problem

func (f Problems) Error() string {
	lines := make([]string, len(f))
	for i, problem := range f {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// Is makes every Problems an ErrList.
func (Problems) Is(err error) bool { return err == ErrList }

func header() []string { return []string{"person", "day", "part", "guests"} }

// Parse reads a list kept on paper or in a spreadsheet: UTF-8 text of the
// columns person, day, part and guests, under exactly that header, separated by
// commas, or throughout by semicolons as Dutch spreadsheets do. A byte order
// mark, line ends of any kind and rows of nothing but empty cells are fine.
//
// A row is a person (any label up to 200 letters), a day (YYYY-MM-DD, not after
// today) and a part (ochtend, middag or avond); or an empty person and a number
// of guests. A person who stands twice in one part of a day is there once. Two
// different numbers of guests for one part of a day are a problem, because nobody
// can tell which of them is right.
//
// The error is of type Problems when the list is wrong, in which case no row may
// be used; any other error is one of reading.
func Parse(r io.Reader, today count.Day) ([]Row, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	if len(text) > maxBytes {
		return nil, Problems{{1, 1, fmt.Sprintf("file is larger than %d MB", maxBytes>>20)}}
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	// A lone CR ends a line in files of old spreadsheets, which encoding/csv
	// does not know.
	if !bytes.Contains(text, []byte("\n")) {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	p := &parser{today: today, comma: ',', guests: make(map[kiosk.DayPart]Row)}
	if head, _, _ := bytes.Cut(text, []byte("\n")); bytes.IndexByte(head, ',') < 0 {
		p.comma = ';'
	}
	if line, column, bad := badText(text, p.comma); bad {
		return nil, Problems{{line, column, "not UTF-8 text: save the list as CSV in UTF-8"}}
	}
	p.parse(text)
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return p.rows, nil
}

// badText finds the first byte that is not UTF-8.
func badText(text []byte, comma byte) (line, column int, bad bool) {
	for row := range bytes.Lines(text) {
		line++
		for at := 0; at < len(row); {
			r, n := utf8.DecodeRune(row[at:])
			if r == utf8.RuneError && n == 1 {
				return line, 1 + bytes.Count(row[:at], []byte{comma}), true
			}
			at += n
		}
	}
	return 0, 0, false
}

// strayQuote returns the column in which the quotation marks of the row with
// which text begins go wrong.
func strayQuote(text []byte, comma byte) (column int) {
	const (
		cellBegins = iota // in front of a cell
		cellPlain
		cellQuoted
		cellClosed // behind a quotation mark that may have been the last
	)
	column = 1
	for state, i := cellBegins, 0; i < len(text); i++ {
		switch c := text[i]; {
		case state == cellQuoted:
			if c == '"' {
				state = cellClosed
			}
		case c == comma:
			column, state = column+1, cellBegins
		case c == '"' && state != cellPlain:
			state = cellQuoted
		case c == '"' || state == cellClosed:
			return column
		case state != cellBegins || c != ' ':
			state = cellPlain
		}
	}
	return column
}

type parser struct {
	today    count.Day
	comma    byte
	rows     []Row
	guests   map[kiosk.DayPart]Row // where the guests of a part of a day stand
	problems Problems
}

func (p *parser) problem(line, column int, format string, args ...any) {
	if len(p.problems) == maxProblems {
		format, args = "and more after this", nil
	} else if len(p.problems) > maxProblems {
		return
	}
	p.problems = append(p.problems, Problem{line, column, fmt.Sprintf(format, args...)})
}

func (p *parser) parse(text []byte) {
	read := csv.NewReader(bytes.NewReader(text))
	read.FieldsPerRecord = -1
	read.ReuseRecord = true
	read.TrimLeadingSpace = true
	read.Comma = rune(p.comma)
	for first := true; len(p.problems) <= maxProblems; first = false {
		cells, err := read.Read()
		if errors.Is(err, io.EOF) {
			if first {
				p.problem(1, 1, "file is empty, want the header %s", strings.Join(header(), ","))
			}
			return
		}
		if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
			// What follows a stray quotation mark cannot be told apart any more.
			rest := bytes.SplitAfterN(text, []byte("\n"), broken.StartLine)
			p.problem(broken.StartLine, strayQuote(rest[len(rest)-1], p.comma), "quotation marks do not match")
			return
		}
		line, _ := read.FieldPos(0)
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case first:
			if !slices.EqualFunc(cells, header(), strings.EqualFold) {
				p.problem(line, offHeader(cells), "want the header %s", strings.Join(header(), ","))
				return
			}
		case len(p.rows) == maxRows:
			p.problem(line, 1, "more than %d rows: cut the list in two", maxRows)
			return
		case strings.Join(cells, "") != "":
			p.row(line, cells)
		}
	}
}

// row takes one row, or notes all that is wrong with it.
func (p *parser) row(line int, cells []string) {
	if len(cells) != len(header()) {
		// The first that is missing, or the first that is too many.
		p.problem(line, min(len(cells), len(header()))+1, "%d columns, want 4: %s", len(cells), strings.Join(header(), ","))
		return
	}
	before := len(p.problems)
	// The label outlives the buffer that the reader uses again.
	row := Row{Line: line, Person: strings.Clone(cells[0])}
	if !count.Fits(row.Person, maxLabel) || strings.ContainsFunc(row.Person, unicode.IsControl) {
		p.problem(line, 1, "want at most %d letters on one line", maxLabel)
	}
	row.Day = p.day(line, cells[1])
	row.Part = p.part(line, cells[2])
	row.Guests = p.number(line, row.Person, cells[3])
	if len(p.problems) > before {
		return
	}
	if row.Person == "" {
		at := kiosk.DayPart{Day: row.Day, Part: row.Part}
		if other, twice := p.guests[at]; !twice {
			p.guests[at] = row
		} else if other.Guests != row.Guests {
			p.problem(line, 4, "line %d gives another number of guests for this day and part: give one number", other.Line)
			return
		}
	}
	p.rows = append(p.rows, row)
}

// offHeader returns the first column that is not as the header wants it.
func offHeader(cells []string) (column int) {
	for i, want := range header() {
		if i == len(cells) || !strings.EqualFold(cells[i], want) {
			return i + 1
		}
	}
	return len(header()) + 1
}

func (p *parser) day(line int, cell string) count.Day {
	d, err := count.ParseDay(cell)
	switch {
	case err != nil:
		p.problem(line, 2, "%v", err)
	case d > p.today:
		p.problem(line, 2, "%s: %v", d, kiosk.ErrFuture)
	case d < count.Date(2000, 1, 1):
		p.problem(line, 2, "%s lies before the year 2000", d)
	}
	return d
}

func (p *parser) part(line int, cell string) count.Part {
	part := count.Part(strings.ToLower(cell))
	if !slices.Contains(count.Parts(), part) {
		p.problem(line, 3, "no part of the day: %.20q, want ochtend, middag or avond", cell)
	}
	return part
}

// number reads the guests of a row without a person, and wants none of a row
// with one.
func (p *parser) number(line int, person, cell string) int {
	n := 0
	for _, digit := range cell {
		if digit < '0' || digit > '9' || n > maxGuests {
			n = -1
			break
		}
		n = 10*n + int(digit-'0')
	}
	switch {
	case person == "" && (cell == "" || n < 0 || n > maxGuests):
		p.problem(line, 4, "want a person, or a number of guests from 0 to %d", maxGuests)
	case person != "" && cell != "" && n != 0:
		p.problem(line, 4, "a row is a person or a number of guests, not both")
	}
	return n
}

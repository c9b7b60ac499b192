package attendancelist

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Limits of an imported list.
const (
	maxBytes    = 16 << 20
	maxRows     = 200_000
	maxColumns  = 50
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
	// Its owner says that this is the one whom the label looks like: see [LookAlike].
	Same bool
}

// Hints are what its owner says of how a list is written, where the list itself
// leaves it open.
type Hints struct {
	Text    Encoding
	Dates   DateOrder
	Columns ColumnNames // what is in columns that it does not name is passed over
	Sheet   string      // of a workbook: its name, or its number from 1
}

// Reading is how a list was read, for its owner to see whether that is how it was
// written.
type Reading struct {
	Text  Encoding  // empty of a workbook
	Comma byte      // what separates its cells, 0 in a workbook
	Sheet string    // of a workbook
	Dates DateOrder // empty where day and month of each date can be told without
}

// Parse reads a list without hints: see [Hints.Parse].
func Parse(r io.Reader, today count.Day) ([]Row, error) {
	rows, _, err := Hints{}.Parse(r, today)
	return rows, err
}

// Parse reads a list kept on paper or in a spreadsheet: one sheet of an Excel workbook
// (.xlsx), or rows of text, separated
// throughout by commas, semicolons or tabs, in UTF-8, UTF-16 or an encoding of one byte
// a letter that its words show or the hints say, with a heading in Dutch or English in any order: person (persoon, naam), day (dag, datum),
// part (deel, dagdeel) and guests (gasten). Byte order marks, a first line "sep=;",
// line ends of any kind, rows of nothing but empty cells and empty cells at the right
// are fine.
//
// A row is a person (any label up to 200 letters), a day (2026-05-03, 3-5-2026 or
// 3 mei 2026; not after today) and a part (ochtend, middag or avond, or those in
// English); or an empty person and a number of guests. Which of day and month comes
// first is what the hints say, or what a date such as 25-5-2026 of the same list shows,
// and is never guessed. A person who stands twice in one part of a day is there once.
// Two different numbers of guests for one part of a day are a problem, because nobody
// can tell which of them is right.
//
// The error is of type Problems when the list is wrong, in which case no row may
// be used; any other error is one of reading.
func (h Hints) Parse(r io.Reader, today count.Day) ([]Row, Reading, error) {
	file, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, Reading{}, fmt.Errorf("read list: %w", err)
	}
	if len(file) > maxBytes {
		return nil, Reading{}, Problems{{Line: 1, Column: 1, Fault: FaultBig, Found: strconv.Itoa(maxBytes >> 20)}}
	}
	p := &parser{hints: h, today: today, guests: make(map[kiosk.DayPart]Row)}
	p.parse(h.table(file))
	if len(p.problems) > 0 {
		return nil, Reading{}, p.problems
	}
	return p.rows, Reading{Text: p.text, Comma: p.comma, Sheet: p.sheet, Dates: p.order}, nil
}

// table reads the file as what it is.
func (h Hints) table(file []byte) table {
	if isWorkbook(file) {
		return readWorkbook(file, h.Sheet)
	}
	text, encoding, bad := decode(file, h.Text)
	if bad != nil {
		return table{end: bad}
	}
	t := readText(text)
	t.text = encoding
	return t
}

type parser struct {
	table
	hints    Hints
	today    count.Day
	at       columns
	order    DateOrder
	rows     []Row
	guests   map[kiosk.DayPart]Row // where the guests of a part of a day stand
	problems Problems
}

// problem notes what is wrong, and after a hundred only that there is more.
func (p *parser) problem(at Problem) {
	switch {
	case len(p.problems) == maxProblems:
		p.problems = append(p.problems, Problem{Line: at.Line, Column: at.Column, Fault: FaultMore})
	case len(p.problems) < maxProblems:
		p.problems = append(p.problems, at)
	}
}

func (p *parser) parse(t table) {
	p.table = t
	if len(t.lines) > 0 && p.heading(t) {
		p.order = p.dateOrder(t.lines[1:])
		for _, l := range t.lines[1:] {
			if len(p.problems) > maxProblems {
				return
			}
			p.row(l)
		}
	} else if t.end == nil && len(p.problems) == 0 {
		p.problem(Problem{Line: 1, Column: 1, Fault: FaultEmpty})
	}
	if t.end != nil {
		p.problem(*t.end)
	}
}

// heading learns where the list has what; false where it does not say.
func (p *parser) heading(t table) bool {
	head := t.lines[0]
	if head.width() == 1 {
		p.problem(Problem{Line: head.no, Column: 1, Fault: FaultOneColumn})
		return false
	}
	at, bad := p.hints.Columns.find(head)
	for _, b := range bad {
		p.problem(b)
	}
	p.at = at
	return len(bad) == 0
}

// dateOrder is the order of the hints, or the one that the dates of the list show. One
// date that can be two days, and none that shows which, is asked about once. In a
// workbook that has some as days and some as text, a program took for days those that
// its own country can read, which turns 3-5 into March.
func (p *parser) dateOrder(lines []line) (order DateOrder) {
	first, serial, text, open := 0, false, Problem{}, Problem{}
	for _, l := range lines {
		cell := bare(l.cell(p.at.day))
		w := p.date(cell)
		only := w.only()
		serial = serial || w.serial
		if text.Line == 0 && w.fault == "" && w.a > 0 {
			text = Problem{Line: l.no, Column: p.at.day + 1, Fault: FaultHalfDays, Found: shown(cell)}
		}
		switch {
		case p.hints.Dates != "":
		case only != "" && order != "" && only != order:
			p.problem(Problem{Line: l.no, Column: p.at.day + 1, Fault: FaultTwoOrders, Found: shown(cell), Other: first})
			return order
		case only != "" && order == "":
			order, first = only, l.no
		case open.Line == 0 && w.undecided():
			open = Problem{Line: l.no, Column: p.at.day + 1, Fault: FaultOrder, Found: shown(cell)}
		}
	}
	switch {
	case serial && text.Line != 0:
		p.problem(text)
	case order == "" && open.Line != 0:
		p.problem(open)
	}
	if p.hints.Dates != "" {
		return p.hints.Dates
	}
	return order
}

// row takes one row, or notes all that is wrong with it.
func (p *parser) row(l line) {
	before := len(p.problems)
	if l.width() == 1 && p.at.day != 0 {
		p.problem(Problem{Line: l.no, Column: 1, Fault: separated(l.cells[0])})
		return
	}
	if last := p.lastColumn(); p.hints.Columns == nil && l.width() > last {
		p.problem(Problem{Line: l.no, Column: last + 1, Fault: FaultTooMany})
		return
	}
	row := Row{Line: l.no, Person: l.cell(p.at.person)}
	p.label(row)
	row.Day = p.day(l)
	row.Part = p.part(l)
	row.Guests = p.number(l, row.Person)
	if len(p.problems) > before {
		return
	}
	if row.Person == "" {
		at := kiosk.DayPart{Day: row.Day, Part: row.Part}
		if other, twice := p.guests[at]; !twice {
			p.guests[at] = row
		} else if other.Guests != row.Guests {
			p.problem(Problem{Line: l.no, Column: p.at.guests + 1, Fault: FaultGuestsTwo, Other: other.Line})
			return
		}
	}
	p.rows = append(p.rows, row)
}

func (p *parser) lastColumn() int {
	return 1 + max(p.at.person, p.at.day, p.at.part, p.at.guests)
}

// label looks at whom a row names. What has no letter is a mark of the list's owner,
// such as a dash for nobody.
func (p *parser) label(row Row) {
	switch {
	case row.Person == "":
	case !count.Fits(row.Person, maxLabel) || strings.ContainsFunc(row.Person, unicode.IsControl):
		p.problem(Problem{Line: row.Line, Column: p.at.person + 1, Fault: FaultLabel, Found: strconv.Itoa(maxLabel)})
	case !strings.ContainsFunc(Fold(row.Person), unicode.IsLetter):
		p.problem(Problem{Line: row.Line, Column: p.at.person + 1, Fault: FaultNoLetter})
	case formulaFailed(row.Person):
		p.problem(Problem{Line: row.Line, Column: p.at.person + 1, Fault: FaultFormula, Found: strings.ToUpper(row.Person)})
	}
}

// formulaFailed knows what spreadsheets in English and Dutch leave where a formula finds
// nothing: all who were not found would be one person.
func formulaFailed(label string) bool {
	switch strings.ToUpper(label) {
	case "#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
		"#N/B", "#VERW!", "#NAAM?", "#WAARDE!", "#DEEL/0!", "#LEEG!", "#GETAL!", "#OVERLOOP!":
		return true
	}
	return false
}

func (p *parser) day(l line) count.Day {
	cell := bare(l.cell(p.at.day))
	at := Problem{Line: l.no, Column: p.at.day + 1, Found: shown(cell)}
	w := p.date(cell)
	d, ok := w.in(p.order)
	switch {
	case w.fault != "":
		at.Fault = w.fault
	case !ok:
		at.Fault = FaultDay
	case p.order == "" && w.undecided():
		return d // asked about already
	case d > p.today:
		at.Fault, at.Found = FaultAhead, d.String()
	case d < count.Date(2000, 1, 1):
		at.Fault, at.Found = FaultLongAgo, d.String()
	default:
		return d
	}
	p.problem(at)
	return d
}

// shown is what stands for a day, as far as it can be told: with letters it may be
// somebody's name in the wrong column.
func shown(cell string) string {
	if len(cell) > 20 || strings.ContainsFunc(cell, unicode.IsLetter) {
		return ""
	}
	return cell
}

func (p *parser) part(l line) count.Part {
	cell := bare(l.cell(p.at.part))
	switch strings.ToLower(cell) {
	case string(count.PartMorning), "morning":
		return count.PartMorning
	case string(count.PartAfternoon), "afternoon":
		return count.PartAfternoon
	case string(count.PartEvening), "evening":
		return count.PartEvening
	}
	p.problem(Problem{Line: l.no, Column: p.at.part + 1, Fault: FaultPart, Found: shown(cell)})
	return ""
}

// number reads the guests of a row without a person, and wants none of a row
// with one.
func (p *parser) number(l line, person string) int {
	cell := bare(l.cell(p.at.guests))
	n := number(cell)
	at := Problem{Line: l.no, Column: max(p.at.guests, p.at.person, 0) + 1}
	switch {
	case person == "" && (n < 0 || n > maxGuests):
		at.Fault, at.Found = FaultGuests, strconv.Itoa(maxGuests)
	case person != "" && cell != "" && n != 0:
		at.Fault = FaultBoth
	default:
		return max(n, 0)
	}
	p.problem(at)
	return 0
}

package attendancelist

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"example.org/inloop/sync/count"
)

// line is one row of a list as it is written, its cells without the space around them.
type line struct {
	no    int // in the file, from 1
	cells []string
}

// table is a list as it is written: its rows that are not empty, the heading first.
type table struct {
	lines []line
	text  Encoding  // empty of a workbook
	comma byte      // what separates its cells, or 0 where the file keeps them apart
	sheet string    // of a workbook
	epoch count.Day // from which a workbook counts its days, or 0 for text
	end   *Problem  // why it was read no further
}

// cell returns that of a column from 0; one that the row does not have is empty.
func (l line) cell(column int) string {
	if column < 0 || column >= len(l.cells) {
		return ""
	}
	return l.cells[column]
}

// width is the number of cells up to the last that is not empty: spreadsheets write
// empty ones at the right for columns that were used once.
func (l line) width() int {
	n := len(l.cells)
	for n > 0 && l.cells[n-1] == "" {
		n--
	}
	return n
}

// add takes a row that is not empty, and says whether there is room for more.
func (t *table) add(no int, cells []string) bool {
	for i := range cells {
		// A byte order mark also stands where two files were put together.
		cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "\ufeff", ""))
	}
	l := line{no, cells}
	width := l.width()
	l.cells = slices.Clone(cells[:width])
	switch {
	case width == 0:
	case width > maxColumns:
		t.end = &Problem{Line: no, Column: maxColumns + 1, Fault: FaultColumns, Found: strconv.Itoa(maxColumns)}
		return false
	case len(t.lines) > maxRows:
		t.end = &Problem{Line: no, Column: 1, Fault: FaultRows, Found: strconv.Itoa(maxRows)}
		return false
	default:
		t.lines = append(t.lines, l)
	}
	return true
}

// readText reads rows of cells between commas, semicolons or tabs: those that a first
// line "sep=;" names, or that stand in the heading most.
func readText(text []byte) (t table) {
	skipped := 0
	t.comma, skipped = separator(text)
	for range skipped {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	read := csv.NewReader(bytes.NewReader(text))
	read.FieldsPerRecord = -1
	// In front of a quotation mark space is nothing; a tab is the end of a cell.
	read.TrimLeadingSpace = t.comma != '\t'
	read.Comma = rune(t.comma)
	for {
		cells, err := read.Read()
		if errors.Is(err, io.EOF) {
			return t
		}
		if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
			// What follows a stray quotation mark cannot be told apart any more.
			rest := bytes.SplitAfterN(text, []byte("\n"), broken.StartLine)
			t.end = &Problem{Line: skipped + broken.StartLine, Column: strayQuote(rest[len(rest)-1], t.comma), Fault: FaultQuotes}
			return t
		}
		no, _ := read.FieldPos(0)
		if !t.add(skipped+no, cells) {
			return t
		}
	}
}

// separator returns what separates the cells, and how many lines stand before the
// heading that say so.
func separator(text []byte) (comma byte, lines int) {
	for head := range bytes.Lines(text) {
		said := strings.ToLower(strings.Trim(strings.TrimRight(string(head), "\r\n"), `" `))
		if after, is := strings.CutPrefix(said, "sep="); is && lines == 0 && len(after) > 0 && strings.IndexByte(separators, after[0]) >= 0 {
			return after[0], 1
		}
		if strings.Trim(said, separators) != "" {
			return likelyComma(string(head)), 0
		}
	}
	return ',', 0
}

const separators = ",;\t"

// likelyComma is what stands in a row most, outside quotation marks.
func likelyComma(row string) byte {
	counts, quoted := map[rune]int{}, false
	for _, r := range row {
		if r == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[r]++
		}
	}
	best := separators[0]
	for i := range len(separators) {
		if c := separators[i]; counts[rune(c)] > counts[rune(best)] {
			best = c
		}
	}
	return best
}

// separated says by what a row is separated that is one cell by the rules of its list.
func separated(cell string) ListFault {
	comma := likelyComma(cell)
	switch {
	case strings.IndexByte(cell, comma) < 0:
		return FaultOneCell
	case comma == ';':
		return FaultSemicolons
	case comma == '\t':
		return FaultTabs
	}
	return FaultCommas
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

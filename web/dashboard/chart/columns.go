package chart

import (
	"html/template"
	"strconv"
)

// ColumnState is what is known of a column.
type ColumnState int

// The states of a column.
const (
	ColumnCounted ColumnState = iota // a number, which may be 0
	ColumnClosed                     // nobody was expected: a ring on the base line
	ColumnMissing                    // not received: hatched over the whole height, never a 0
	ColumnAhead                      // has not come yet: empty
)

// Column is one step of time.
type Column struct {
	Label   string // below the column, short
	Major   bool   // its label stays when there is little room
	Title   string // the whole of it in words, shown when pointed at
	Solid   int    // lower part of the stack
	Dotted  int    // upper part of the stack
	State   ColumnState
	Partial bool // counted, but not from all: hatched below the base line
	Current bool // today, or the running week: its number is always shown
}

func (c Column) sum() int { return c.Solid + c.Dotted }

// Columns is a chart of stacked columns along a time axis.
type Columns struct {
	ID      string // unique in its page; letters, digits and hyphens
	Title   string // what is shown, for a screen reader
	Desc    string // the picture in a sentence
	Columns []Column
	Format  func(int) string // writes a count; decimal digits when nil
	RTL     bool             // time runs from right to left
}

// The upright measures of the drawing, in CSS pixels. The style sheet gives
// the picture the same height.
const (
	columnsHeight = 236
	columnsTop    = 28  // room for a number above the highest column
	columnsBase   = 200 // the base line
	columnsStrip  = 203 // the band that says "not from all"
	columnsLabel  = 227 // base line of the letters
	columnFill    = 0.64
)

// From how many columns on the drawing says that it is crowded: the style sheet
// then leaves only the letters marked major, on a phone or everywhere.
const (
	manyColumns  = 12
	denseColumns = 40
)

// column is a Column with its place.
type column struct {
	Column
	X, Middle, Width       string // per cent
	SlotX, SlotWidth       string
	SolidY, SolidHeight    string
	DottedY, DottedHeight  string
	ValueY                 string
	Value                  string
	Zero, Highest, Counted bool
	Closed, Missing        bool
}

type tick struct {
	Y, LabelY string
	Label     string
}

// SVG returns the drawing; with no columns it is empty.
func (c Columns) SVG() (template.HTML, error) {
	if len(c.Columns) == 0 {
		return "", nil
	}
	format := c.Format
	if format == nil {
		format = strconv.Itoa
	}
	highest := 0
	for _, col := range c.Columns {
		highest = max(highest, col.sum())
	}
	top, step := scale(highest)
	y := func(n int) float64 {
		return columnsBase - float64(n)/float64(top)*(columnsBase-columnsTop)
	}
	view := struct {
		Columns
		Height, Top, Base, Strip, Label, Plot int
		Ticks                                 []tick
		Placed                                []column
		Many, Dense                           bool
	}{
		Columns: c, Height: columnsHeight, Top: columnsTop, Base: columnsBase,
		Strip: columnsStrip, Label: columnsLabel, Plot: columnsBase - columnsTop,
		Many: len(c.Columns) > manyColumns, Dense: len(c.Columns) > denseColumns,
	}
	told := false // the highest number needs to be said once
	for n := step; n <= top; n += step {
		view.Ticks = append(view.Ticks, tick{Y: pixels(y(n)), LabelY: pixels(y(n) + 4), Label: format(n)})
	}
	slot := 100 / float64(len(c.Columns))
	for i, col := range c.Columns {
		at := i
		if c.RTL {
			at = len(c.Columns) - 1 - i
		}
		left := float64(at) * slot
		p := column{
			Column: col,
			SlotX:  percent(left), SlotWidth: percent(slot),
			X: percent(left + slot*(1-columnFill)/2), Width: percent(slot * columnFill),
			Middle:  percent(left + slot/2),
			Closed:  col.State == ColumnClosed,
			Missing: col.State == ColumnMissing,
			Counted: col.State == ColumnCounted,
		}
		if p.Counted {
			p.SolidY, p.SolidHeight = pixels(y(col.Solid)), pixels(columnsBase-y(col.Solid))
			p.DottedY, p.DottedHeight = pixels(y(col.sum())), pixels(y(col.Solid)-y(col.sum()))
			p.ValueY, p.Value = pixels(y(col.sum())-7), format(col.sum())
			p.Zero = col.sum() == 0
			p.Highest = col.sum() == highest && !p.Zero && !told
			told = told || p.Highest
		}
		view.Placed = append(view.Placed, p)
	}
	return render("columns", view)
}

// scale returns a round number of at least highest for the top of an axis, and
// the distance of its lines: 1, 2 or 5 times a power of ten, at most four lines.
func scale(highest int) (top, step int) {
	step = 1
	for i := 0; highest > 4*step; i++ {
		step = step * [...]int{2, 5, 2}[i%3] / [...]int{1, 2, 1}[i%3]
	}
	top = max(step, (highest+step-1)/step*step)
	return top, step
}

package attendancelist

import (
	"errors"
	"slices"

	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// ErrBusy is the error of who comes while another list is taken in or back, or while
// the figures are corrected so often that a list cannot be told.
var ErrBusy = errors.New("another list is being taken in or back: try again in a while")

// Upshot is what becomes of a list, or of taking one back: what was written, and what
// is told otherwise by it.
type Upshot struct {
	Summary
	List    int64         // its number; 0 of a dry run
	Figures []reach.Moved // of months, quarters and years
	Days    count.Days    // the first and the last whose numbers change, when any do
	Changed int           // how many days that are
	Told    int           // of them, those whose numbers stood already
	Gaps    []Gap
	Alike   []LookAlike
	Stayed  int // people whom the list had made, who stay because others know them too
	Lost    int // visits of the list that were gone before it was taken back
}

// Asks tells whether somebody is to say yes first: figures that were told change, the
// list says nothing for more than a year, or two people may be one.
func (e Upshot) Asks() bool {
	return e.Told > 0 || len(e.Gaps) > 0 || len(e.Alike) > 0 || slices.ContainsFunc(e.Figures, func(m reach.Moved) bool { return m.Told })
}

// Batch is a list that was taken in.
type Batch struct {
	No      int64
	Day     count.Day // on which it was
	Rows    int
	Visits  int
	People  int // whom it made
	Guests  int // by which their number changed
	Undone  bool
	LeanOns []int64 // later lists that found there what this one had brought
}

package reach

import (
	"maps"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// Attendance is class A of a period: visits, not persons. The names in its tags
// are those under which a room has sealed it: see Tally.
type Attendance struct {
	BadgeVisits int64 `json:"BadgeVisits"` // persons times parts of the day
	Guests      int64 `json:"Guests"`      // accepted, of any band or none
	Assumed     int64 `json:"Assumed"`     // of BadgeVisits
}

// Visits is the total: badge visits and guests.
func (a Attendance) Visits() int64 { return a.BadgeVisits + a.Guests }

// Rule says of a visit that counts at all whether one measure counts it. It is
// told the day, its part, Source, Band, Assumed and whether there is a Person, but
// not which one, nor when: nothing else of a visit is read where visits are counted.
type Rule func(kiosk.Visit) bool

// Rules are how a room counts the visits of one part of one day, by measure.
type Rules map[count.Measure]Rule

// DayPartRules returns the rule of every measure that rooms count by part of the
// day. A new measure has its definition in package count and its rule here.
func DayPartRules() Rules {
	band := func(b kiosk.Band) Rule { return func(v kiosk.Visit) bool { return v.Band == b } }
	return Rules{
		count.MeasureBadgeVisits: func(v kiosk.Visit) bool { return v.Person != 0 },
		count.MeasureAssumed:     func(v kiosk.Visit) bool { return v.Person != 0 && v.Assumed },
		count.MeasureGuests:      func(v kiosk.Visit) bool { return v.Person == 0 },
		count.MeasureGuestsChild: band(kiosk.BandChild),
		count.MeasureGuestsTeen:  band(kiosk.BandTeen),
		count.MeasureGuestsAdult: band(kiosk.BandAdult),
		count.MeasureGuestsElder: band(kiosk.BandElder),
	}
}

// Measures returns what is counted, in the order of names.
func (r Rules) Measures() []count.Measure { return slices.Sorted(maps.Keys(r)) }

// Numbers are what the visits of one part of one day come to.
type Numbers map[count.Measure]int64

// Alike are visits that no rule tells apart: N of them are as this one is.
type Alike struct {
	kiosk.Visit
	N int64
}

// Count counts the visits of one part of one day, zeros included. A person has
// one visit in it; void visits and those that have no day yet count nothing.
func (r Rules) Count(visits []Alike) Numbers {
	numbers := make(Numbers, len(r))
	for m, rule := range r {
		numbers[m] = 0
		for _, v := range visits {
			if counts(v.Visit) && rule(v.Visit) {
				numbers[m] += v.N
			}
		}
	}
	return numbers
}

func counts(v kiosk.Visit) bool { return !v.Void && v.Day != count.NoDay }

// PartRecount is one part of one day that is counted again.
type PartRecount struct {
	Rows Numbers // what the rows say now
	Told Numbers // what the cells say; a measure of which there was none to tell has no cell
	// Before is what the rows said before they were corrected; nil while the
	// quarter of the day runs.
	Before Numbers
}

// Changes returns the numbers that are to be told from now on, of the measures
// that were told otherwise. While its quarter runs, a cell says what the rows
// say. Once that is closed rows may be gone, by erasure or because their time is
// over, and the cell stays: it moves by what a correction changes, no more.
func (p PartRecount) Changes() Numbers {
	changes := make(Numbers, 1)
	for m, n := range p.Rows {
		told := p.Told[m] // 0 where nothing was told
		if p.Before != nil {
			n += told - p.Before[m]
		}
		if n != told {
			changes[m] = n
		}
	}
	return changes
}

// DayCells returns the cells that a day has by part once it is closed out: one
// for each number of each part, though nobody came.
func (r Rules) DayCells(epoch int, d count.Day) []kiosk.Cell {
	var cells []kiosk.Cell
	for _, part := range count.Parts() {
		for _, m := range r.Measures() {
			cells = append(cells, kiosk.Cell{Epoch: epoch, Period: d.Period(), Measure: m, Part: part})
		}
	}
	return cells
}

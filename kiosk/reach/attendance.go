package reach

import (
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

// CellsOf counts class A per epoch, day and part of the day: badge visits, those
// of them that are assumed, guests, and guests by band. A part with a visit
// has a number for each of the first three, be it 0. Visits that are void or
// that have no day yet count nothing.
func CellsOf(visits []kiosk.Visit) map[kiosk.Cell]int64 {
	cells := make(map[kiosk.Cell]int64)
	seen := make(map[slotKey]bool)
	for _, v := range visits {
		if !counts(v) {
			continue
		}
		at := func(m count.Measure) kiosk.Cell {
			return kiosk.Cell{Epoch: v.Epoch, Period: count.Period(v.Day.String()), Measure: m, Part: v.Part}
		}
		cells[at(count.MeasureBadgeVisits)] += 0
		cells[at(count.MeasureAssumed)] += 0
		cells[at(count.MeasureGuests)] += 0
		if v.Person == 0 {
			cells[at(count.MeasureGuests)]++
			if m := v.Band.Measure(); m != "" {
				cells[at(m)]++
			}
			continue
		}
		k := slotKey{v.Person, v.Day, v.Part}
		if seen[k] {
			continue
		}
		seen[k] = true
		cells[at(count.MeasureBadgeVisits)]++
		if v.Assumed {
			cells[at(count.MeasureAssumed)]++
		}
	}
	return cells
}

// slotKey is what makes two rows the same visit.
type slotKey struct {
	person int64
	day    count.Day
	part   count.Part
}

func counts(v kiosk.Visit) bool { return !v.Void && v.Day != count.NoDay }

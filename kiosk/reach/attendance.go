package reach

import "example.org/inloop/kiosk"

// Attendance is class A of a period: visits, not persons. The names in its tags
// are those under which a room has sealed it: see Tally.
type Attendance struct {
	BadgeVisits int64 `json:"BadgeVisits"` // persons times parts of the day
	Guests      int64 `json:"Guests"`      // accepted, of any band or none
	Assumed     int64 `json:"Assumed"`     // of BadgeVisits
}

// Visits is the total: badge visits and guests.
func (a Attendance) Visits() int64 { return a.BadgeVisits + a.Guests }

// Cells counts class A per epoch, day and part of the day: badge visits, those
// of them that are assumed, guests, and guests by band. A part with a visit
// has a number for each of the first three, be it 0. Visits that are void or
// that have no day yet count nothing.
func Cells(visits []kiosk.Visit) map[kiosk.Cell]int64 {
	cells := make(map[kiosk.Cell]int64)
	seen := make(map[slotKey]bool)
	for _, v := range visits {
		if !counts(v) {
			continue
		}
		at := func(m kiosk.Measure) kiosk.Cell {
			return kiosk.Cell{Epoch: v.Epoch, Period: kiosk.Period(v.Day.String()), Measure: m, Part: v.Part}
		}
		cells[at(kiosk.BadgeVisits)] += 0
		cells[at(kiosk.Assumed)] += 0
		cells[at(kiosk.Guests)] += 0
		if v.Person == 0 {
			cells[at(kiosk.Guests)]++
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
		cells[at(kiosk.BadgeVisits)]++
		if v.Assumed {
			cells[at(kiosk.Assumed)]++
		}
	}
	return cells
}

// slotKey is what makes two rows the same visit.
type slotKey struct {
	person int64
	day    kiosk.Day
	part   kiosk.Part
}

func counts(v kiosk.Visit) bool { return !v.Void && v.Day != kiosk.NoDay }

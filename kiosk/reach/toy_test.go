package reach_test

import (
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// toy is a history small enough to count by hand: eight Mondays, 5 January to 23 February
// 2026. Somebody was recorded on every open day of the year before; A, B and C were last seen on 29
// December, on visits that are not among those counted here.
func toy() *reach.History {
	var visits []kiosk.Visit
	for week, present := range []string{"ABC", "ABCD", "ABD", "ABCE", "ABC", "ACDF", "ABF", "ABC"} {
		day := count.Date(2026, time.January, 5) + count.Day(7*week)
		for _, who := range present {
			visits = append(visits, kiosk.Visit{Person: int64(who), Day: day, Part: count.PartAfternoon, Source: kiosk.VisitSourceBadge})
		}
		for range []int{0, 2, 0, 1, 0, 0, 3, 0}[week] {
			visits = append(visits, kiosk.Visit{Day: day, Part: count.PartAfternoon, Source: kiosk.VisitSourceGuestPass})
		}
	}
	seen := reach.Record{Since: count.Date(2025, time.September, 1), Last: count.Date(2025, time.December, 29)}
	return reach.NewHistory(slices.Values(visits), map[int64]reach.Record{'A': seen, 'B': seen, 'C': seen})
}

// mondays is when that room was open.
func mondays() reach.Openings {
	return reach.Openings{Planned: func(d count.Day) bool { return d.Weekday() == time.Monday }}
}

func TestTally_Toy(t *testing.T) {
	tests := []struct {
		period                              count.Period
		badge, guests, unique, fresh, known int64
	}{
		{"2026-01", 14, 3, 5, 2, 3}, // D and E are new
		{"2026-02", 13, 3, 5, 1, 4}, // F is new
		{"2026Q1", 27, 6, 6, 3, 3},  // six people, not five and five
		{"2026", 27, 6, 6, 3, 3},
		{"2026-W02", 3, 0, 0, 0, 0}, // persons are not counted by week
		{"2026-W03", 4, 2, 0, 0, 0},
		{"2026-02-16", 3, 3, 0, 0, 0},
	}
	for _, tt := range tests {
		got, err := toy().Tally(tt.period, reach.Openings{})
		if err != nil {
			t.Fatalf("%s: %v", tt.period, err)
		}
		got.Yearly = reach.Yearly{}
		want := reach.Tally{
			Attendance: reach.Attendance{BadgeVisits: tt.badge, Guests: tt.guests},
			Unique:     tt.unique, New: tt.fresh, N: tt.unique,
		}
		if got != want {
			t.Errorf("%s: got %+v, want %+v", tt.period, got, want)
		}
		if got := got.Unique - got.New; got != tt.known {
			t.Errorf("%s: known %d, want %d", tt.period, got, tt.known)
		}
	}
}

// TestTally_ToyRegulars: with the toy's weeks as the last of a quarter A came in 8, B in 7
// and C in 6 of them, and nobody else in as many.
func TestTally_ToyRegulars(t *testing.T) {
	planned := func(d count.Day) bool { return d.Weekday() == time.Monday && d <= count.Date(2026, time.February, 23) }
	got, err := toy().Tally("2026Q1", reach.Openings{Planned: planned})
	if err != nil || got.Regular != 3 {
		t.Errorf("%d regulars (%v), want A, B and C", got.Regular, err)
	}
	// All thirteen Mondays of the quarter: the weeks in which the toy says nothing count too.
	if got, err = toy().Tally("2026Q1", mondays()); err != nil || got.Regular != 3 {
		t.Errorf("%d regulars of 13 weeks (%v), want the three of 6 and more", got.Regular, err)
	}
}

func TestFigures_Toy(t *testing.T) {
	h := toy()
	tally, err := h.Tally("2026Q1", mondays())
	if err != nil {
		t.Fatal(err)
	}
	f, err := tally.Figures("2026Q1", reach.Facts{Today: count.Date(2026, time.February, 23), Coverage: reach.Coverage{Planned: 52, Recorded: 52}})
	if err != nil {
		t.Fatal(err)
	}
	if f.Visits.N != 33 || f.BadgeShare.Of != 27.0/33 || f.New != (reach.Value{N: 3}) {
		t.Errorf("visits %d, badge share %v, new %+v: want 33, 27/33, 3", f.Visits.N, f.BadgeShare, f.New)
	}
}

// TestTally_NewAfterMoreThanTwelveMonths goes to the day: twelve months away is known,
// a day more is somebody new.
func TestTally_NewAfterMoreThanTwelveMonths(t *testing.T) {
	april := count.Date(2026, time.April, 10)
	for _, tt := range []struct {
		last count.Day
		want int64
	}{{april - 10, 0}, {count.Date(2025, time.April, 10), 0}, {count.Date(2025, time.April, 9), 1}, {count.Date(2020, time.April, 9), 1}} {
		row := func(d count.Day) kiosk.Visit { return kiosk.Visit{Person: 1, Day: d, Part: count.PartMorning} }
		kept := reach.NewHistory(slices.Values([]kiosk.Visit{row(tt.last), row(april), row(april + 1)}), nil)
		// The same when the earlier row is gone and only its day is kept.
		gone := reach.NewHistory(slices.Values([]kiosk.Visit{row(april)}), map[int64]reach.Record{1: {Since: count.Date(2019, 1, 1), Last: tt.last}})
		for name, h := range map[string]*reach.History{"kept": kept, "gone": gone} {
			for _, p := range []count.Period{"2026Q2", "2026-04"} {
				got, err := h.Tally(p, reach.Openings{})
				if err != nil {
					t.Fatal(err)
				}
				if got.New != tt.want || got.Unique != 1 {
					t.Errorf("%s, %s, last on %s: %+v, want %d new", name, p, tt.last, got, tt.want)
				}
			}
		}
	}
	// Of a file of before, the month first seen may be all that is known.
	long := reach.NewHistory(slices.Values([]kiosk.Visit{{Person: 1, Day: april, Part: count.PartMorning}}),
		map[int64]reach.Record{1: {Since: count.Date(2020, 1, 1)}})

	if got, _ := long.Tally("2026Q2", reach.Openings{}); got.New != 0 {
		t.Errorf("last visit forgotten: %+v, want known", got)
	}
}

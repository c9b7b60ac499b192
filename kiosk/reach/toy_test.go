package reach_test

import (
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
	return reach.NewHistory(visits, map[int64]reach.Record{'A': seen, 'B': seen, 'C': seen})
}

func TestTally_Toy(t *testing.T) {
	tests := []struct {
		period                                     count.Period
		badge, guests, unique, fresh, back, others int64
	}{
		{"2026-01", 14, 3, 5, 2, 0, 3}, // D and E are new
		{"2026-02", 13, 3, 5, 1, 0, 4}, // F is new
		{"2026Q1", 27, 6, 6, 3, 0, 3},  // six people, not five and five
		{"2026", 27, 6, 6, 3, 0, 3},
		{"2026-W02", 3, 0, 0, 0, 0, 0}, // persons are not counted by week
		{"2026-W03", 4, 2, 0, 0, 0, 0},
		{"2026-02-16", 3, 3, 0, 0, 0, 0},
	}
	for _, tt := range tests {
		got, err := toy().Tally(tt.period)
		if err != nil {
			t.Fatalf("%s: %v", tt.period, err)
		}
		want := reach.Tally{
			Attendance: reach.Attendance{BadgeVisits: tt.badge, Guests: tt.guests},
			Unique:     tt.unique, New: tt.fresh, Reactivated: tt.back, N: tt.unique,
		}
		if got != want {
			t.Errorf("%s: got %+v, want %+v", tt.period, got, want)
		}
		if got := got.Unique - got.New - got.Reactivated; got != tt.others {
			t.Errorf("%s: returning %d, want %d", tt.period, got, tt.others)
		}
	}
}

func TestFigures_Toy(t *testing.T) {
	h := toy()
	tally, err := h.Tally("2026Q1")
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
	if f.ReachN.Reason != reach.ReasonRunning {
		t.Errorf("reach of a running quarter: %+v, want %q", f.ReachN, reach.ReasonRunning)
	}
}

// TestTally_ReactivatedAfterMoreThan90Days goes to the day: 90 days away is
// returning, 91 is back again.
func TestTally_ReactivatedAfterMoreThan90Days(t *testing.T) {
	april := count.Date(2026, time.April, 1)
	for _, tt := range []struct {
		away count.Day
		want int64
	}{{1, 0}, {89, 0}, {90, 0}, {91, 1}, {400, 1}} {
		row := func(d count.Day) kiosk.Visit { return kiosk.Visit{Person: 1, Day: d, Part: count.PartMorning} }
		kept := reach.NewHistory([]kiosk.Visit{row(april - tt.away), row(april), row(april + 1)}, nil)
		// The same when the earlier row is gone and only its day is kept.
		gone := reach.NewHistory([]kiosk.Visit{row(april)}, map[int64]reach.Record{1: {Since: count.Date(2020, 1, 1), Last: april - tt.away}})
		for name, h := range map[string]*reach.History{"kept": kept, "gone": gone} {
			got, err := h.Tally("2026Q2")
			if err != nil {
				t.Fatal(err)
			}
			if got.Reactivated != tt.want || got.New != 0 || got.Unique != 1 {
				t.Errorf("%s, away %d days: %+v, want reactivated %d", name, tt.away, got, tt.want)
			}
		}
	}
	long := reach.NewHistory([]kiosk.Visit{{Person: 1, Day: april, Part: count.PartMorning}},
		map[int64]reach.Record{1: {Since: count.Date(2020, 1, 1)}})
	if got, _ := long.Tally("2026Q2"); got.Reactivated != 1 {
		t.Errorf("last visit forgotten: %+v, want reactivated", got)
	}
}

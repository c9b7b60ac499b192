package reach_test

import (
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// weekly is one person on the Mondays of n weeks in a row, the last one that of a day.
func weekly(last count.Day, n int) (visits []kiosk.Visit) {
	for i := range n {
		visits = append(visits, kiosk.Visit{Person: 1, Day: last.Monday() - count.Day(7*i), Part: count.PartMorning})
	}
	return visits
}

func TestRegular_SixOfTheLastThirteenOpenWeeks(t *testing.T) {
	end := count.Date(2026, time.September, 30) // a Wednesday: its week counts, as far as it goes
	always := func(d count.Day) bool { return d.Weekday() == time.Monday }
	summer := func(d count.Day) bool { // closed from 6 July to 30 August: eight weeks
		return always(d) && (d < count.Date(2026, time.July, 6) || d > count.Date(2026, time.August, 30))
	}
	early := weekly(count.Date(2026, time.June, 29), 3) // in the weeks before the closure
	for _, tt := range []struct {
		name   string
		visits []kiosk.Visit
		open   reach.Openings
		want   int64
		reason reach.Reason
	}{
		{"in five weeks", weekly(end, 5), reach.Openings{Planned: always}, 0, ""},
		{"in six", weekly(end, 6), reach.Openings{Planned: always}, 1, ""},
		{"six, the last one too far back", weekly(count.Date(2026, time.July, 31), 6), reach.Openings{Planned: always}, 0, ""},
		{"over a closure", append(weekly(end, 3), early...), reach.Openings{Planned: summer}, 1, ""},
		{"without the closure", append(weekly(end, 3), early...), reach.Openings{Planned: always}, 0, ""},
		{"a room of eight weeks", weekly(end, 6), reach.Openings{Planned: always, Since: count.Date(2026, time.August, 10)}, 1, ""},
		{"of seven", weekly(end, 6), reach.Openings{Planned: always, Since: count.Date(2026, time.August, 17)}, 0, reach.ReasonFewWeeks},
		{"without a timetable", weekly(end, 6), reach.Openings{}, 0, reach.ReasonFewWeeks},
	} {
		l := ledgerOf(tt.visits, nil)
		l.Openings = tt.open
		for _, p := range []count.Period{"2026Q3", "2026"} {
			f, err := l.Figures(p, count.Date(2026, time.December, 1))
			if p == "2026" && tt.reason != "" {
				tt.reason = "" // by the end of the year the room is old enough
				if tt.open.Planned == nil {
					tt.reason = reach.ReasonFewWeeks
				}
			}
			if err != nil || f.Regular.Reason != tt.reason || f.Regular.N != tt.want {
				t.Errorf("%s, %s: %+v (%v), want %d %q", tt.name, p, f.Regular, err, tt.want, tt.reason)
			}
		}
		if f, err := l.Figures("2026-07", count.Date(2026, time.December, 1)); err != nil || f.Regular.Known() {
			t.Errorf("%s: of a month %+v (%v)", tt.name, f.Regular, err)
		}
	}
}

// TestRegular_OfAYearAtAnyOfItsQuarterEnds: who was regular in spring is so in the year.
func TestRegular_OfAYearAtAnyOfItsQuarterEnds(t *testing.T) {
	l := ledgerOf(weekly(count.Date(2026, time.March, 31), 6), nil)
	l.Openings = reach.Openings{Planned: func(d count.Day) bool { return d.Weekday() == time.Monday }}
	for p, want := range map[count.Period]int64{"2026Q1": 1, "2026Q2": 0, "2026": 1} {
		if f, err := l.Figures(p, count.Date(2027, time.January, 10)); err != nil || f.Regular.N != want {
			t.Errorf("%s: %+v (%v), want %d", p, f.Regular, err, want)
		}
	}
}

// TestRegular_OfAPeriodKeptBeforeTheyWereCounted withholds them, when rows of it are gone.
func TestRegular_OfAPeriodKeptBeforeTheyWereCounted(t *testing.T) {
	visits := weekly(count.Date(2026, time.September, 30), 6)
	for _, tt := range []struct {
		forgotten count.Day
		want      reach.Value
	}{{count.NoDay, reach.Value{N: 1}}, {count.Date(2026, time.August, 1), reach.Value{Reason: reach.ReasonForgotten}}} {
		l := ledgerOf(visits, nil)
		l.Forgotten = tt.forgotten
		l.Openings = reach.Openings{Planned: func(d count.Day) bool { return d.Weekday() == time.Monday }}
		l.Kept["2026Q3"] = reach.Kept{Tally: reach.Tally{Unique: 4}, Base: reach.Tally{Unique: 1}, Final: true}
		for range 2 {
			f, err := l.Figures("2026Q3", count.Date(2026, time.December, 1))
			if err != nil || f.Regular != tt.want || f.Unique.N != 4 {
				t.Errorf("forgotten before %s: %+v of %+v (%v), want %+v of 4", tt.forgotten, f.Regular, f.Unique, err, tt.want)
			}
			recount(t, l, "2026-12-01")
		}
	}
}

package reach_test

import (
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// openDays are the first n days of 2026, planned open and nothing else.
func openDays(t *testing.T, n int) func(count.Day) bool {
	first := day(t, "2026-01-01")
	return func(d count.Day) bool { return first <= d && d < first+count.Day(n) }
}

// recordedOn marks the first n of them.
func recordedOn(t *testing.T, n int) map[count.Day]bool {
	marks := map[count.Day]bool{}
	for i := range n {
		marks[day(t, "2026-01-01")+count.Day(i)] = true
	}
	return marks
}

func TestCoverage_ThreeQuartersOfTheOpenDays(t *testing.T) {
	for _, tt := range []struct {
		recorded int
		enough   bool
	}{{0, false}, {1, false}, {187, false}, {188, true}, {250, true}} {
		c := reach.Openings{Planned: openDays(t, 250), Recorded: recordedOn(t, tt.recorded)}.Before(day(t, "2027-01-01"))
		if c.Planned != 250 || c.Recorded != tt.recorded || c.Enough() != tt.enough {
			t.Errorf("%d of 250 days: %+v, enough: %t, want %t", tt.recorded, c, c.Enough(), tt.enough)
		}
	}
}

func TestCoverage_OfTheTwelveMonthsBefore(t *testing.T) {
	always := func(count.Day) bool { return true }
	marks := map[count.Day]bool{day(t, "2025-03-31"): true, day(t, "2025-04-01"): true, day(t, "2026-03-31"): true, day(t, "2026-04-01"): true}
	for _, tt := range []struct {
		since string
		want  reach.Coverage
	}{
		{"", reach.Coverage{Planned: 365, Recorded: 2}},
		{"2020-01-01", reach.Coverage{Planned: 365, Recorded: 2}},
		{"2026-03-31", reach.Coverage{Planned: 1, Recorded: 1}},
		{"2026-04-01", reach.Coverage{Began: day(t, "2026-04-01")}},
		{"2026-05-20", reach.Coverage{Began: day(t, "2026-05-20")}},
	} {
		o := reach.Openings{Planned: always, Recorded: marks}
		if tt.since != "" {
			o.Since = day(t, tt.since)
		}
		if got := o.Before(day(t, "2026-04-01")); got != tt.want {
			t.Errorf("open since %q: %+v, want %+v", tt.since, got, tt.want)
		}
	}
}

// TestCoverage_NothingPlanned: a room without hours says nothing about when it was
// open, one that says when it began does.
func TestCoverage_NothingPlanned(t *testing.T) {
	never := func(count.Day) bool { return false }
	for since, want := range map[count.Day]bool{count.NoDay: false, day(t, "2025-01-01"): true} {
		if got := (reach.Openings{Since: since, Planned: never}).Before(day(t, "2026-04-01")).Enough(); got != want {
			t.Errorf("since %s: enough is %t, want %t", since, got, want)
		}
	}
}

// TestLedger_GuestsProveNothing: after nine months of guests only nobody is new, and
// one visit of a person proves one day.
func TestLedger_GuestsProveNothing(t *testing.T) {
	var visits []kiosk.Visit
	for d := day(t, "2025-10-01"); d < day(t, "2026-07-01"); d++ {
		visits = append(visits, kiosk.Visit{Day: d, Part: count.PartMorning, Band: kiosk.BandAdult})
	}
	for who := range int64(49) {
		for d := day(t, "2026-07-01"); d < day(t, "2026-09-20"); d++ {
			visits = append(visits, kiosk.Visit{Person: 1 + who, Day: d, Part: count.PartMorning})
		}
	}
	l := ledgerOf(visits, nil)
	l.Openings = reach.Openings{Planned: func(count.Day) bool { return true }}
	f, err := l.Figures("2026Q3", day(t, "2026-10-20"))
	if err != nil || f.Unique.N != 49 || f.New.Reason != reach.ReasonNewRoom || f.Known.Reason != reach.ReasonNewRoom {
		t.Errorf("%+v, %v: want 49 people of whom nobody knows who is new", f, err)
	}
	if f, err = l.Figures("2026Q4", day(t, "2026-10-20")); err != nil || f.New.Known() {
		t.Errorf("three months later: %+v, %v", f.New, err)
	}
	l.Openings.Recorded = map[count.Day]bool{}
	for d := day(t, "2025-07-01"); d < day(t, "2026-07-01"); d++ {
		l.Openings.Recorded[d] = true
	}
	if f, err = l.Figures("2026Q3", day(t, "2026-10-20")); err != nil || f.New.N != 49 {
		t.Errorf("with every day marked: %+v, %v", f.New, err)
	}
}

func TestFigures_ANewRoomSaysSinceWhen(t *testing.T) {
	l := ledgerOf(autumn(t, 3), nil)
	l.Openings = reach.Openings{Planned: func(count.Day) bool { return true }, Since: day(t, "2026-10-05")}
	f, err := l.Figures("2026Q4", day(t, "2026-12-31"))
	if err != nil || f.New.N != 3 || f.Began != day(t, "2026-10-05") {
		t.Errorf("%+v since %s, %v: want 3 new since 5 October", f.New, f.Began, err)
	}
}

package reach_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// busy is a quarter of which everything may be told.
func busy() reach.Tally {
	return reach.Tally{
		Attendance: reach.Attendance{BadgeVisits: 80, Guests: 20, Assumed: 4},
		Unique:     70, New: 10, Regular: 12, N: 70, A: 30, K: 15,
	}
}

func facts(today string) reach.Facts {
	d, err := count.ParseDay(today)
	if err != nil {
		panic(err)
	}
	return reach.Facts{Today: d, Coverage: reach.Coverage{Planned: 250, Recorded: 188}}
}

func TestFigures_Withheld(t *testing.T) {
	young := facts("2026-12-01")
	young.Coverage.Recorded = 187
	grown := facts("2026-12-01")
	grown.Coverage = reach.Coverage{Planned: 4, Recorded: 3}
	empty := facts("2026-12-01")
	empty.Coverage = reach.Coverage{}
	with := func(change func(*reach.Tally)) reach.Tally { t := busy(); change(&t); return t }
	badges := func(b, g int64) reach.Tally {
		return with(func(t *reach.Tally) { t.BadgeVisits, t.Guests = b, g })
	}

	tests := []struct {
		name          string
		period        count.Period
		tally         reach.Tally
		facts         reach.Facts
		unique, fresh reach.Reason
	}{
		{"all told", "2026Q3", busy(), facts("2026-12-01"), "", ""},
		{"year", "2025", busy(), facts("2026-01-08"), "", ""},
		{"month", "2026-08", busy(), facts("2026-12-01"), "", ""},
		{"week", "2026-W36", busy(), facts("2026-12-01"), reach.ReasonMonthAndUp, reach.ReasonMonthAndUp},
		{"day", "2026-08-03", busy(), facts("2026-12-01"), reach.ReasonMonthAndUp, reach.ReasonMonthAndUp},
		{"recorded on 187 of 250 days", "2026Q3", busy(), young, "", reach.ReasonNewRoom},
		{"recorded on 3 of 4 days", "2026Q3", busy(), grown, "", ""},
		{"never recorded", "2026Q3", reach.Tally{}, empty, "", reach.ReasonNewRoom},
		{"60 % by badge", "2026Q3", badges(60, 40), facts("2026-12-01"), "", ""},
		{"just under 60 %", "2026Q3", badges(599, 401), facts("2026-12-01"), reach.ReasonLowShare, reach.ReasonLowShare},
		{"not begun", "2027Q1", busy(), facts("2026-12-31"), reach.ReasonAhead, reach.ReasonAhead},
	}
	for _, tt := range tests {
		f, err := tt.tally.Figures(tt.period, tt.facts)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if f.Unique.Reason != tt.unique {
			t.Errorf("%s: unique %q, want %q", tt.name, f.Unique.Reason, tt.unique)
		}
		// One of two parts gives the other away.
		if f.New.Reason != tt.fresh || f.Known.Reason != tt.fresh {
			t.Errorf("%s: new %q, known %q, want %q", tt.name, f.New.Reason, f.Known.Reason, tt.fresh)
		}
		for _, v := range []reach.Value{f.Unique, f.New, f.Known, f.Regular} {
			if v.Reason != "" && v.N != 0 {
				t.Errorf("%s: a withheld number is still there: %+v", tt.name, v)
			}
		}
	}
}

func TestFigures_NoPeriod(t *testing.T) {
	for _, p := range []count.Period{"", "2026Q5", "2026-13", "2026-W00", "2025-W53", "26Q1", "2026-02-30", "2026-W1", "2026-W010"} {
		if _, err := busy().Figures(p, facts("2026-12-01")); !errors.Is(err, count.ErrPeriod) {
			t.Errorf("%q: %v, want ErrPeriod", p, err)
		}
	}
}

func TestFigures_JSON(t *testing.T) {
	f, err := busy().Figures("2026Q3", facts("2026-10-01"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"period":"2026Q3","visits":100,"badge_visits":80,"guests":20,"assumed":4,"badge_share":0.8,` +
		`"unique":70,"new":10,"known":60,"regular":12,"reach_n":null,"reach_a":null,"reach_k":null,` +
		`"withheld":{"reach_a":"together","reach_k":"together","reach_n":"together"}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFigures_NothingButZero(t *testing.T) {
	f, err := reach.Tally{}.Figures("2026Q3", facts("2026-12-01"))
	if err != nil {
		t.Fatal(err)
	}
	if f.BadgeShare.Reason != reach.ReasonNoVisits || f.Unique != (reach.Value{}) || f.Visits != (reach.Value{}) {
		t.Errorf("an empty quarter: %+v, want zeros and no share", f)
	}
}

func TestCounts(t *testing.T) {
	tests := []struct {
		period count.Period
		today  string
		want   int
	}{
		{"2026-09", "2026-09-30", 0}, // running
		{"2026-09", "2026-10-01", 3}, // unique, new, known
		{"2026Q3", "2026-10-07", 4},  // and regular
		{"2026Q3", "2026-10-08", 4},  // what people answered is in no cell
		{"2026-W36", "2026-12-01", 0},
	}
	for _, tt := range tests {
		fact := facts(tt.today)
		f, err := busy().Figures(tt.period, fact)
		if err != nil {
			t.Fatal(err)
		}
		counts := f.Counts(2, fact.Today)
		if len(counts) != tt.want {
			t.Errorf("%s on %s: %d cells, want %d", tt.period, tt.today, len(counts), tt.want)
		}
		for _, c := range counts {
			if c.Epoch != 2 || c.Period != tt.period || c.Part != count.PartNone || c.N == nil {
				t.Errorf("%s: cell %+v", tt.period, c)
			}
		}
	}
	few := busy()
	few.K = 3
	f, err := few.Figures("2026Q3", facts("2026-12-01"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Counts(1, facts("2026-12-01").Today) {
		if d, known := count.Standard().Find(c.Measure); !known || d.Class != count.ClassB || c.N == nil {
			t.Errorf("cell %+v: want numbers of class B alone", c)
		}
	}
}

// The catalogue says what is counted, the rules how.
func TestRules_OneForEachMeasureOfTheCatalogue(t *testing.T) {
	rules := reach.DayPartRules()
	for _, d := range count.Standard().All() {
		if _, ok := rules[d.Measure]; ok != d.ByPart {
			t.Errorf("%s: counted by part of the day %t, has a rule %t", d.Measure, d.ByPart, ok)
		}
		delete(rules, d.Measure)
	}
	if len(rules) > 0 {
		t.Errorf("rules for %v, which are in no catalogue", rules.Measures())
	}
}

// Every measure of persons that the catalogue counts over a year is told of it.
func TestFigures_CountsAreThoseOfTheCatalogue(t *testing.T) {
	f := reach.Withheld("2026", reach.ReasonLowShare)
	told := map[count.Measure]bool{}
	for _, c := range f.Counts(1, count.Date(2027, time.January, 8)) {
		told[c.Measure] = true
	}
	for _, d := range count.Standard().All() {
		if want := d.Class != count.ClassA && d.CountedOver(count.PeriodYear); told[d.Measure] != want {
			t.Errorf("%s is told %t, want %t", d.Measure, told[d.Measure], want)
		}
	}
}

func TestRules_CountOnePartOfADay(t *testing.T) {
	some := func(n int64, f func(*kiosk.Visit)) reach.Alike {
		v := kiosk.Visit{Day: count.Date(2026, time.November, 24), Part: count.PartMorning}
		f(&v)
		return reach.Alike{Visit: v, N: n}
	}
	got := reach.DayPartRules().Count([]reach.Alike{
		some(3, func(v *kiosk.Visit) { v.Person = 1 }),
		some(1, func(v *kiosk.Visit) { v.Person, v.Assumed = 2, true }),
		some(9, func(v *kiosk.Visit) { v.Person, v.Void = 3, true }),
		some(9, func(v *kiosk.Visit) { v.Person, v.Day = 4, count.NoDay }),
		some(2, func(v *kiosk.Visit) { v.Band = kiosk.BandTeen }),
		some(5, func(v *kiosk.Visit) { v.Band = kiosk.BandUnasked }),
	})
	want := map[count.Measure]int64{
		count.MeasureBadgeVisits: 4, count.MeasureAssumed: 1, count.MeasureGuests: 7,
		count.MeasureGuestsChild: 0, count.MeasureGuestsTeen: 2, count.MeasureGuestsAdult: 0, count.MeasureGuestsElder: 0,
	}
	maps.DeleteFunc(got, func(m count.Measure, _ int64) bool { _, asked := want[m]; return !asked })
	if !maps.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

// TestTally_ClockChange counts a visit in the hour that is skipped, or that
// happens twice, on the day and in the week that the wall shows.
func TestTally_ClockChange(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ at, day, week string }{
		{"2026-03-29T00:30:00Z", "2026-03-29", "2026-W13"}, // 01:30, the last half hour of winter time
		{"2026-03-29T21:59:59Z", "2026-03-29", "2026-W13"}, // 23:59:59 summer time
		{"2026-03-29T22:00:00Z", "2026-03-30", "2026-W14"},
		{"2026-10-25T00:30:00Z", "2026-10-25", "2026-W43"}, // 02:30 for the first time
		{"2026-10-25T01:30:00Z", "2026-10-25", "2026-W43"}, // 02:30 for the second
		{"2026-10-25T22:59:59Z", "2026-10-25", "2026-W43"},
		{"2026-10-25T23:00:00Z", "2026-10-26", "2026-W44"},
		{"2026-12-31T23:30:00Z", "2027-01-01", "2026-W53"},
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		d := count.DayOf(at, zone)
		h := reach.NewHistory(slices.Values([]kiosk.Visit{{Person: 1, Day: d, Part: count.PartEvening}}), nil)
		for _, p := range []string{tt.day, tt.week, tt.day[:7], tt.day[:4]} {
			if got, err := h.Tally(count.Period(p), reach.Openings{}); err != nil || got.BadgeVisits != 1 {
				t.Errorf("%s: %d visits in %s (%v), want 1", tt.at, got.BadgeVisits, p, err)
			}
		}
	}
}

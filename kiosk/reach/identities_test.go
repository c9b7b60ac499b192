package reach_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// someYear is a random year of a room: up to 25 people with up to 30 visits each between
// the autumn before and its end, some guests, some answers.
func someYear(t *rapid.T) (visits []kiosk.Visit, residents map[int64]reach.Record) {
	begin := count.Date(2025, time.October, 1)
	residents = map[int64]reach.Record{}
	for who := range rapid.Int64Range(1, 25).Draw(t, "people") {
		var a reach.PersonAnswers
		for range rapid.IntRange(0, 3).Draw(t, "answers") {
			q := count.Date(2025, time.Month(10+3*rapid.IntRange(0, 4).Draw(t, "quarter")), 1).Quarter()
			a = a.With(reach.GivenAnswer{State: kiosk.Isolation(rapid.IntRange(0, 2).Draw(t, "state")), Given: q})
		}
		residents[who+1] = reach.Record{Answers: a}
		for range rapid.IntRange(0, 30).Draw(t, "visits") {
			visits = append(visits, kiosk.Visit{
				Person: who + 1, Day: begin + count.Day(rapid.IntRange(0, 456).Draw(t, "day")), Part: rapid.SampledFrom(count.Parts()).Draw(t, "part"),
			})
		}
	}
	for range rapid.IntRange(0, 20).Draw(t, "guests") {
		visits = append(visits, kiosk.Visit{Day: begin + count.Day(rapid.IntRange(0, 456).Draw(t, "day")), Part: count.PartMorning})
	}
	return visits, residents
}

// months, quarters and the year of 2026.
func spans() (all []count.Period) {
	for m := time.January; m <= time.December; m++ {
		d := count.Date(2026, m, 1)
		if all = append(all, d.Month()); m%3 == 0 {
			all = append(all, d.Quarter())
		}
	}
	return append(all, "2026")
}

func weekdays() reach.Openings {
	return reach.Openings{Planned: func(d count.Day) bool { return d.Weekday() != time.Sunday }}
}

func tallyOf(t *rapid.T, h *reach.History, p count.Period) reach.Tally {
	got, err := h.Tally(p, weekdays())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestIdentities_PartsAndWholes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		visits, residents := someYear(t)
		h := reach.NewHistory(slices.Values(visits), residents)
		again := reach.NewHistory(slices.Values(append(visits, visits...)), residents) // the same twice changes nothing but guests
		year := tallyOf(t, h, "2026")
		sum := int64(0)
		for _, p := range spans() {
			n := tallyOf(t, h, p)
			if twice := tallyOf(t, again, p); twice.Unique != n.Unique || twice.BadgeVisits != n.BadgeVisits || twice.New != n.New || twice.Yearly != n.Yearly {
				t.Fatalf("%s: %+v, the same list twice %+v", p, n, twice)
			}
			if n.New > n.Unique || n.Regular > n.Unique || n.K > n.A || n.A > n.N || n.N != n.Unique || n.Unique > n.BadgeVisits {
				t.Fatalf("%s: a part outgrows its whole: %+v", p, n)
			}
			if n.Unique > year.Unique || p.Is(count.PeriodQuarter) && (n.A > year.A || n.K > year.K || n.Regular > year.Regular) {
				t.Fatalf("%s: %+v is more than its year: %+v", p, n, year)
			}
			if p.Is(count.PeriodMonth) {
				sum += n.BadgeVisits
				first, _, _ := p.Span()
				if quarter := tallyOf(t, h, first.Quarter()); n.Unique > quarter.Unique {
					t.Fatalf("%s: %d people, its quarter %d", p, n.Unique, quarter.Unique)
				}
			}
		}
		if sum != year.BadgeVisits || year.BackK > year.BackN || year.BackN > year.New || year.HabitK > year.HabitN || year.HabitN != year.Regular {
			t.Fatalf("year %+v, its months have %d visits", year, sum)
		}
		routes := int64(0)
		for _, n := range year.Routes {
			routes += n
		}
		if routes != year.New {
			t.Fatalf("%d routes of %d who are new", routes, year.New)
		}
	})
}

// figuresOn are all figures of the year, as told on a day.
func figuresOn(t *rapid.T, l *reach.Ledger, today count.Day) string {
	text := ""
	for _, p := range spans() {
		f, err := l.Figures(p, today)
		if err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("%+v\n", f)
	}
	return text
}

// TestIdentities_NothingThatGoesMovesAFigure erases people and lets old rows go on random
// days: no figure of any period moves, then or later.
func TestIdentities_NothingThatGoesMovesAFigure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		visits, residents := someYear(t)
		var counted []count.Day
		for d := count.Date(2025, time.October, 1); d <= count.Date(2026, time.December, 31); d++ {
			counted = append(counted, d)
		}
		room := func() *reach.Ledger {
			l := ledgerOf(visits, residents)
			l.Counted, l.Openings = counted, weekdays()
			return l
		}
		live, cut := room(), room()
		today := count.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 20)
		for _, l := range []*reach.Ledger{live, cut} {
			if _, err := l.Recount(1, today); err != nil {
				t.Fatal(err)
			}
		}
		gone := rapid.Int64Range(1, 25).Draw(t, "gone")
		var hers, rest []kiosk.Visit
		until := count.Date(2025, time.October, rapid.IntRange(1, 60).Draw(t, "until"))
		others := maps.Clone(residents)
		delete(others, gone)
		for _, v := range visits {
			if v.Person == gone && v.Day <= today {
				hers = append(hers, v)
			} else if v.Person != gone {
				rest = append(rest, v)
			}
		}
		one := &reach.Ledger{History: reach.NewHistory(slices.Values(hers), map[int64]reach.Record{gone: residents[gone]}), Kept: cut.Kept, Openings: weekdays()}
		kept, err := one.Cut()
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(cut.Kept, kept)
		// What comes after the cut is nobody's: she would be somebody new.
		var stays []kiosk.Visit
		for _, v := range visits {
			if v.Person != gone || v.Day <= today {
				stays = append(stays, v)
			}
		}
		live.History, cut.History = reach.NewHistory(slices.Values(stays), residents), reach.NewHistory(slices.Values(rest), others)
		if is, was := figuresOn(t, cut, today), figuresOn(t, live, today); is != was {
			t.Fatalf("on the day:\n%s\nwas\n%s", is, was)
		}
		end := count.Date(2027, time.January, 2)
		if is, was := figuresOn(t, cut, end), figuresOn(t, live, end); is != was {
			t.Fatalf("at the end of the year:\n%s\nwas\n%s", is, was)
		}
		for _, l := range []*reach.Ledger{live, cut} {
			if _, err := l.Recount(1, end); err != nil {
				t.Fatal(err)
			}
		}
		was := figuresOn(t, live, end)
		if kept, err = cut.Without(until); err != nil {
			t.Fatal(err)
		}
		maps.Copy(cut.Kept, kept)
		cut.History = cut.History.From(until)
		if is := figuresOn(t, cut, end); is != was {
			t.Fatalf("rows before %s gone:\n%s\nwas\n%s", until, is, was)
		}
	})
}

// TestIdentities_AYearHoldsItsQuarters answers, answers again, withdraws and erases on random
// days of a year, also between a quarter's end and its settling: the year has no fewer
// people, answers and few than any of its quarters.
func TestIdentities_AYearHoldsItsQuarters(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newClub(t)
		quarters := []count.Period{"2026Q1", "2026Q2", "2026Q3", "2026Q4"}
		var told [][3]int64
		var settled func(count.Period) [3]int64
		for i, q := range quarters {
			for range rapid.IntRange(0, 12).Draw(rt, "deeds") {
				who := rapid.Int64Range(1, 12).Draw(rt, "who")
				now := q
				if late := rapid.Bool().Draw(rt, "late"); late { // in the open week after the quarter
					_, last, _ := q.Span()
					now = (last + 1).Quarter()
				}
				first, _, _ := now.Span()
				switch rapid.IntRange(0, 4).Draw(rt, "deed") {
				case 0, 1:
					c.says(now, kiosk.Isolation(rapid.IntRange(1, 2).Draw(rt, "state")), who, who+1)
				case 2:
					c.people[who] = c.people[who].Withdrawn(first.Year())
				case 3:
					delete(c.people, who) // erased: still counted among those who came
				case 4:
					c.comes(who, who+1, q)
				}
			}
			period := count.PoolPeriod(q)
			if i == 3 {
				period = "2026Q4+2026"
			}
			settled = c.settle(period)
			told = append(told, settled(q))
		}
		year := settled("2026")
		for i, q := range told {
			if q[0] > year[0] || q[1] > year[1] || q[2] > year[2] || q[2] > q[1] || year[2] > year[1] {
				rt.Fatalf("%s: n, a, k are %v, of the year %v", quarters[i], q, year)
			}
		}
	})
}

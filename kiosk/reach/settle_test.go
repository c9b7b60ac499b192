package reach_test

import (
	"errors"
	"maps"
	"testing"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// club is a room as far as class C goes: answers, and who came in which quarter.
type club struct {
	t      *testing.T
	people map[int64]reach.PersonAnswers
	came   map[count.Period]map[int64]bool
	years  map[count.Period]reach.YearCount
}

func newClub(t *testing.T) *club {
	return &club{t, map[int64]reach.PersonAnswers{}, map[count.Period]map[int64]bool{}, map[count.Period]reach.YearCount{}}
}

// says lets the people from..to-1 answer in a quarter.
func (c *club) says(quarter count.Period, state kiosk.Isolation, from, to int64) {
	for who := from; who < to; who++ {
		c.people[who] = c.people[who].With(reach.GivenAnswer{State: state, Given: quarter, Text: "text"})
	}
}

// comes lets them come in quarters.
func (c *club) comes(from, to int64, quarters ...count.Period) {
	for _, q := range quarters {
		if c.came[q] == nil {
			c.came[q] = map[int64]bool{}
		}
		for who := from; who < to; who++ {
			c.came[q][who] = true
		}
	}
}

// settle settles a period and returns the numbers n, a, k of a period of it.
func (c *club) settle(p count.PoolPeriod) func(count.Period) [3]int64 {
	c.t.Helper()
	first, _, _ := p.Quarter().Span()
	year := first.Year()
	in := map[int64]bool{}
	for q, who := range c.came {
		if f, _, err := q.Span(); err == nil && f.Year() == year {
			maps.Copy(in, who)
		}
	}
	done, err := reach.Settling{
		Period: p, People: c.people, Count: c.years[year],
		Kept: map[count.Period]reach.Kept{
			p.Quarter(): {Tally: reach.Tally{Unique: int64(len(c.came[p.Quarter()]))}}, year: {Tally: reach.Tally{Unique: int64(len(in))}},
		},
		Came: func(who int64) bool { return c.came[p.Quarter()][who] },
	}.Settle()
	if err != nil {
		c.t.Fatal(err)
	}
	c.years[year] = done.Count
	maps.Copy(c.people, done.People)
	return func(p count.Period) [3]int64 {
		n := func(m count.Measure) int64 { return done.Numbers[count.PoolItem{Period: p, Measure: m}] }
		return [3]int64{n(count.MeasureReachN), n(count.MeasureReachA), n(count.MeasureReachK)}
	}
}

func (c *club) want(what string, got, want [3]int64) {
	c.t.Helper()
	if got != want {
		c.t.Errorf("%s: n, a, k are %v, want %v", what, got, want)
	}
}

// (i) 24 answers in the fourth quarter, five answer again on 3 January: it is settled
// with 24.
func TestSettle_AnsweredAgainBeforeTheQuarterIsSettled(t *testing.T) {
	c := newClub(t)
	c.comes(0, 30, "2026Q4", "2027Q1")
	c.says("2026Q4", kiosk.IsolationFew, 0, 24)
	c.says("2027Q1", kiosk.IsolationEnough, 0, 5)
	got := c.settle("2026Q4+2026")
	c.want("Q4", got("2026Q4"), [3]int64{30, 24, 24})
	c.want("year", got("2026"), [3]int64{30, 24, 24})
	if a := c.people[0]; len(a.Given) != 1 || a.Given[0].Given != "2027Q1" {
		t.Errorf("after it: %+v, want the newer answer alone", a)
	}
	c.want("Q1", c.settle("2027Q1")("2027Q1"), [3]int64{30, 24, 19})
}

// (ii) 40 answer in spring, 20 of them few, all stop in May.
func TestSettle_WhoStaysAwayIsInTheYear(t *testing.T) {
	c := newClub(t)
	c.comes(0, 40, "2026Q1", "2026Q2")
	c.says("2026Q1", kiosk.IsolationFew, 0, 20)
	c.says("2026Q1", kiosk.IsolationEnough, 20, 40)
	c.want("Q1", c.settle("2026Q1")("2026Q1"), [3]int64{40, 40, 20})
	c.want("Q2", c.settle("2026Q2")("2026Q2"), [3]int64{40, 40, 20})
	c.settle("2026Q3")
	c.want("year", c.settle("2026Q4+2026")("2026"), [3]int64{40, 40, 20})
}

// (iii) few in spring, on 3 April enough.
func TestSettle_AnotherAnswerLater(t *testing.T) {
	c := newClub(t)
	c.comes(0, 1, "2026Q1", "2026Q2")
	c.says("2026Q1", kiosk.IsolationFew, 0, 1)
	c.says("2026Q2", kiosk.IsolationEnough, 0, 1) // before the first quarter is settled
	c.want("Q1", c.settle("2026Q1")("2026Q1"), [3]int64{1, 1, 1})
	c.want("Q2", c.settle("2026Q2")("2026Q2"), [3]int64{1, 1, 0})
	c.settle("2026Q3")
	c.want("year", c.settle("2026Q4+2026")("2026"), [3]int64{1, 1, 1})
}

// (iv) given in 2026Q1 it counts in 2026Q4, and not in 2027Q1.
func TestSettle_AnAnswerCountsForFourQuarters(t *testing.T) {
	c := newClub(t)
	c.comes(0, 1, "2025Q4", "2026Q1", "2026Q4", "2027Q1")
	c.says("2026Q1", kiosk.IsolationFew, 0, 1)
	for q, want := range map[count.Period]bool{"2025Q4": false, "2026Q1": true, "2026Q4": true, "2027Q1": false} {
		if _, counts := c.people[0].In(q); counts != want {
			t.Errorf("%s: counts %t, want %t", q, counts, want)
		}
	}
	c.settle("2026Q1")
	c.settle("2026Q2")
	c.settle("2026Q3")
	c.want("Q4", c.settle("2026Q4+2026")("2026Q4"), [3]int64{1, 1, 1})
	if a := c.people[0]; len(a.Given) != 0 || a.Mark != (reach.YearMark{}) {
		t.Errorf("once nothing asks for it: %+v", a)
	}
	c.want("Q1", c.settle("2027Q1")("2027Q1"), [3]int64{1, 0, 0})
}

// (v) withdrawn on 3 April: not in the first quarter, not in the year; a new answer counts
// in quarters, no more in this year, but that the year has no fewer than its quarters.
func TestSettle_Withdrawn(t *testing.T) {
	c := newClub(t)
	c.comes(0, 2, "2026Q1", "2026Q2", "2026Q3")
	c.says("2026Q1", kiosk.IsolationFew, 0, 2)
	c.people[0] = c.people[0].Withdrawn("2026")
	c.want("Q1", c.settle("2026Q1")("2026Q1"), [3]int64{2, 1, 1})
	c.people[1] = c.people[1].Withdrawn("2026") // settled: it stays
	c.says("2026Q2", kiosk.IsolationFew, 0, 2)
	c.want("Q2", c.settle("2026Q2")("2026Q2"), [3]int64{2, 2, 2})
	c.settle("2026Q3")
	c.want("year", c.settle("2026Q4+2026")("2026"), [3]int64{2, 2, 2})
	if a := (reach.PersonAnswers{}).Withdrawn("2026"); len(a.Given) != 0 || a.Mark.Closed {
		t.Errorf("who never answered: %+v, want nothing kept", a)
	}
}

func TestAnswers_AnUnknownOutcomeChangesNothing(t *testing.T) {
	a := reach.PersonAnswers{}.With(reach.GivenAnswer{State: kiosk.IsolationFew, Given: "2026Q1"})
	b := a.With(reach.GivenAnswer{State: kiosk.IsolationUnknown, Given: "2026Q2"})
	if len(b.Given) != 1 || b.Last() != "2026Q1" {
		t.Errorf("%+v", b)
	}
	if b = a.With(reach.GivenAnswer{State: kiosk.IsolationEnough, Given: "2026Q1"}); len(b.Given) != 1 || b.Given[0].State != kiosk.IsolationEnough || a.Given[0].State != kiosk.IsolationFew {
		t.Errorf("twice in a quarter: %+v of %+v", b, a)
	}
}

func TestAnswers_ExpireWithTheLastRoundThatAsks(t *testing.T) {
	a := reach.PersonAnswers{}.With(reach.GivenAnswer{State: kiosk.IsolationFew, Given: "2026Q1"})
	b := reach.PersonAnswers{}.With(reach.GivenAnswer{State: kiosk.IsolationFew, Given: "2026Q2"})
	for _, tt := range []struct {
		of   reach.PersonAnswers
		on   string
		kept bool
	}{
		{a, "2027-03-21", true}, {a, "2027-03-22", false}, // day 80 of the year's round
		{b, "2027-03-31", true}, {b, "2027-05-06", true}, {b, "2027-05-07", false}, // day 36 of the first quarter's
	} {
		if got := tt.of.Expired(day(t, tt.on)); (len(got.Given) == 1) != tt.kept {
			t.Errorf("of %s on %s: %+v, want it kept: %t", tt.of.Last(), tt.on, got, tt.kept)
		}
	}
}

func TestSettle_NotBeforeThePeriodIsKept(t *testing.T) {
	s := reach.Settling{Period: "2026Q4+2026", Kept: map[count.Period]reach.Kept{"2026Q4": {}, "2026": {Open: true}}}
	if _, err := s.Settle(); !errors.Is(err, reach.ErrNotKept) {
		t.Errorf("%v, want ErrNotKept", err)
	}
	s.Kept["2026"] = reach.Kept{Tally: reach.Tally{Attendance: reach.Attendance{BadgeVisits: 59, Guests: 41}}}
	if enough, err := s.Enough(); enough || err != nil {
		t.Errorf("59 %% by badge in the year: %t, %v", enough, err)
	}
}

// The year's own numbers, by hand: D and E of the toy are new, with 28 days after; D came
// back in them. F's are not over.
func TestTally_ToyCameBack(t *testing.T) {
	got, err := toy().YearUntil(count.Days{First: count.Date(2026, 1, 1), Last: count.Date(2026, 2, 23)}, mondays())
	if err != nil || got.BackN != 2 || got.BackK != 1 {
		t.Errorf("back %d of %d (%v), want 1 of 2", got.BackK, got.BackN, err)
	}
	if got.Routes != [6]int64{0, 0, 0, 0, 0, 3} {
		t.Errorf("routes %v, want three that were not said", got.Routes)
	}
	if got.HabitN != 3 || got.HabitK != 3 {
		t.Errorf("habit %d of %d: want all three, whom a room with one slot a week leaves out", got.HabitK, got.HabitN)
	}
}

func TestSettle_WhatARoomDoesNotGive(t *testing.T) {
	year := reach.Tally{Unique: 50, New: 20, Yearly: reach.Yearly{BackN: 20, BackK: 9, HabitN: 8, HabitK: 3, Routes: [6]int64{1, 2, 3, 4, 5, 5}}}
	settle := func(known bool, slots int) map[count.PoolItem]int64 {
		done, err := reach.Settling{
			Period: "2026Q4+2026", Kept: map[count.Period]reach.Kept{"2026Q4": {}, "2026": {Tally: year}}, Known: known, Slots: slots,
		}.Settle()
		if err != nil {
			t.Fatal(err)
		}
		return done.Numbers
	}
	item := func(m count.Measure) count.PoolItem { return count.PoolItem{Period: "2026", Measure: m} }
	all := settle(true, 3)
	if all[item(count.MeasureBackK)] != 9 || all[item(count.MeasureHabitK)] != 3 || all[item(count.MeasureRouteDoctor)] != 2 || all[item(count.MeasureRouteNotSaid)] != 5 {
		t.Errorf("all that is counted: %v", all)
	}
	if n := settle(false, 3); n[item(count.MeasureBackN)] != 0 || n[item(count.MeasureRouteFlyer)] != 0 || n[item(count.MeasureHabitN)] != 8 {
		t.Errorf("too little known before the year: %v", n)
	}
	if n := settle(true, 2); n[item(count.MeasureHabitN)] != 0 || n[item(count.MeasureHabitK)] != 0 || n[item(count.MeasureBackN)] != 20 {
		t.Errorf("two slots a week: %v", n)
	}
}

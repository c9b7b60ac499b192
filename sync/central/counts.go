package central

import (
	"slices"

	"example.org/inloop/sync/count"
)

// countsOf returns the figures of class A of rooms in a period. period is cut
// off after today.
func countsOf(rooms []tally, period count.Days, today count.Day) VisitFigures {
	weeks := weeksOf(period, today)
	period.Last = min(period.Last, today)
	c := VisitFigures{
		Today:  compare(rooms, runningDay(today)),
		Week:   compare(rooms, runningWeek(today)),
		Month:  compare(rooms, runningMonth(today)),
		Visits: Visits{},
		Reason: AbsenceNotReceived,

		Undated: undatedOf(rooms, period),
	}
	c.Unfilled = map[count.Measure]int{}
	for date := range period.All() {
		day := over(rooms, date)
		c.Days = append(c.Days, day)
		addUp(c.Unfilled, day.Unfilled)
	}
	for _, t := range rooms {
		v, came, _ := t.sum(period)
		c.Visits.add(v)
		if came {
			c.Reason = AbsenceNone
		}
		for _, w := range weeks {
			c.Weeks.Expected++
			if _, _, whole := t.sum(w); whole {
				c.Weeks.Received++
			}
		}
		for i, p := range t.parts(period) {
			if i == len(c.Parts) {
				c.Parts = append(c.Parts, PartVisits{Part: p.Part, Visits: Visits{}})
			}
			c.Parts[i].Visits.add(p.Visits)
		}
	}
	return c
}

func addUp(sum, more map[count.Measure]int) {
	for m, n := range more {
		sum[m] += n
	}
}

func compare(rooms []tally, r running) Comparison {
	c := Comparison{
		Days: r.now, DaysBefore: r.before, Now: Visits{}, Comparable: Visits{}, Before: Visits{},
		NowReason: AbsenceNotReceived, BeforeReason: AbsenceNotReceived, Of: len(rooms),
		Undated: undatedOf(rooms, r.now), AtLeast: slices.ContainsFunc(rooms, tally.lostToday),
	}
	if undatedOf(rooms, r.now)+undatedOf(rooms, r.before) > 0 {
		c.BeforeReason = AbsenceUndated
	}
	for _, t := range rooms {
		now, before, came, comparable := t.soFar(r)
		c.Now.add(now)
		if came {
			c.NowReason = AbsenceNone
			c.Ended = max(c.Ended, len(t.ended()))
		}
		if comparable {
			c.Comparable.add(now)
			c.Before.add(before)
			c.BeforeReason = AbsenceNone
			c.Rooms++
		}
	}
	return c
}

// over returns a day over those of the rooms that it is expected from. Where
// some sent it whole and some did not, it is DayPartial.
func over(rooms []tally, date count.Day) DayFigures {
	sum := DayFigures{Date: date, State: DayMissing, Visits: Visits{}, Unfilled: map[count.Measure]int{}}
	expected, states := 0, map[DayState]int{}
	for _, t := range rooms {
		if !t.expected(date) {
			continue
		}
		d := t.day(date)
		expected++
		states[d.State]++
		sum.Visits.add(d.Visits)
		sum.Undated += d.Undated
		addUp(sum.Unfilled, d.Unfilled)
	}
	switch whole := states[DayReceived] + states[DayClosed] + states[DayUndated]; {
	case states[DayLive] > 0:
		sum.State = DayLive
	case states[DayMissing] == expected:
		sum.State = DayMissing
	case whole < expected:
		sum.State = DayPartial
	case states[DayUndated] > 0:
		sum.State = DayUndated
	case states[DayClosed] == expected:
		sum.State = DayClosed
	default:
		sum.State = DayReceived
	}
	return sum
}

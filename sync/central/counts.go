package central

import (
	"time"
)

// countsOf returns the figures of class A of rooms in a period. period is cut
// off after today.
func countsOf(rooms []tally, period span, today time.Time) VisitFigures {
	until := today.AddDate(0, 0, 1)
	weeks := weeksOf(period, today)
	if until.Before(period.until) {
		period.until = until
	}
	c := VisitFigures{
		Today:  compare(rooms, runningDay(today)),
		Week:   compare(rooms, runningWeek(today)),
		Month:  compare(rooms, runningMonth(today)),
		Reason: ReasonNotReceived,
	}
	period.each(func(date time.Time) { c.Days = append(c.Days, over(rooms, date)) })
	for _, t := range rooms {
		v, came, _ := t.sum(period)
		c.Visits = c.Visits.plus(v)
		if came {
			c.Reason = ReasonShown
		}
		for _, w := range weeks {
			c.Weeks.Expected++
			if _, _, whole := t.sum(w); whole {
				c.Weeks.Received++
			}
		}
		for i, p := range t.parts(period) {
			if i == len(c.Parts) {
				c.Parts = append(c.Parts, PartVisits{Part: p.Part})
			}
			c.Parts[i].Visits = c.Parts[i].Visits.plus(p.Visits)
		}
	}
	return c
}

func compare(rooms []tally, r running) Comparison {
	c := Comparison{
		From: r.now.from, Until: r.now.until, BeforeFrom: r.before.from, BeforeUntil: r.before.until,
		NowReason: ReasonNotReceived, BeforeReason: ReasonNotReceived, Of: len(rooms),
	}
	for _, t := range rooms {
		now, came, whole := t.sum(r.now)
		c.Now = c.Now.plus(now)
		if came {
			c.NowReason = ReasonShown
		}
		before, _, wholeBefore := t.sum(r.before)
		if whole && wholeBefore {
			c.Comparable, c.Before = c.Comparable.plus(now), c.Before.plus(before)
			c.BeforeReason = ReasonShown
			c.Rooms++
		}
	}
	return c
}

// over returns a day over those of the rooms that it is expected from. Where
// some sent it whole and some did not, it is Partial.
func over(rooms []tally, date time.Time) DayFigures {
	sum := DayFigures{Date: date, State: DayMissing}
	expected, states := 0, map[DayState]int{}
	for _, t := range rooms {
		if !t.expected(date) {
			continue
		}
		d := t.day(date)
		expected++
		states[d.State]++
		sum.Visits = sum.Visits.plus(d.Visits)
	}
	switch whole := states[DayReceived] + states[DayClosed]; {
	case states[DayLive] > 0:
		sum.State = DayLive
	case states[DayMissing] == expected:
		sum.State = DayMissing
	case whole < expected:
		sum.State = DayPartial
	case states[DayClosed] == expected:
		sum.State = DayClosed
	default:
		sum.State = DayReceived
	}
	return sum
}

package central

import (
	"time"
)

// countsOf returns the figures of class A of rooms in a period. period is cut
// off after today.
func countsOf(rooms []tally, period span, today time.Time) Counts {
	until := today.AddDate(0, 0, 1)
	weeks := weeksOf(period, today)
	if until.Before(period.until) {
		period.until = until
	}
	c := Counts{
		Today:  compare(rooms, runningDay(today)),
		Week:   compare(rooms, runningWeek(today)),
		Month:  compare(rooms, runningMonth(today)),
		Reason: NotReceived,
	}
	period.each(func(date time.Time) { c.Days = append(c.Days, over(rooms, date)) })
	for _, t := range rooms {
		v, came, _ := t.sum(period)
		c.Visits = c.Visits.plus(v)
		if came {
			c.Reason = Shown
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

func compare(rooms []tally, r running) Compare {
	c := Compare{
		From: r.now.from, Until: r.now.until, BeforeFrom: r.before.from, BeforeUntil: r.before.until,
		NowReason: NotReceived, BeforeReason: NotReceived, Of: len(rooms),
	}
	for _, t := range rooms {
		now, came, whole := t.sum(r.now)
		c.Now = c.Now.plus(now)
		if came {
			c.NowReason = Shown
		}
		before, _, wholeBefore := t.sum(r.before)
		if whole && wholeBefore {
			c.Alike, c.Before = c.Alike.plus(now), c.Before.plus(before)
			c.BeforeReason = Shown
			c.Rooms++
		}
	}
	return c
}

// over returns a day over those of the rooms that it is expected from. Where
// some sent it whole and some did not, it is Partial.
func over(rooms []tally, date time.Time) Day {
	sum := Day{Date: date, State: Missing}
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
	switch whole := states[Received] + states[Closed]; {
	case states[Live] > 0:
		sum.State = Live
	case states[Missing] == expected:
		sum.State = Missing
	case whole < expected:
		sum.State = Partial
	case states[Closed] == expected:
		sum.State = Closed
	default:
		sum.State = Received
	}
	return sum
}

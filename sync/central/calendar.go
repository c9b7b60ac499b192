package central

import (
	"slices"

	"example.org/inloop/sync/count"
)

// choices returns the months and the quarters from that of first to that of
// today, newest first.
func choices(first, today count.Day) (months, quarters []count.Period) {
	for d := first.FirstOfMonth(); d <= today; d = d.LastOfMonth() + 1 {
		months = append(months, d.Month())
		if q := d.Quarter(); !slices.Contains(quarters, q) {
			quarters = append(quarters, q)
		}
	}
	slices.Reverse(months)
	slices.Reverse(quarters)
	return months, quarters
}

// weeksOf returns the ISO weeks of a period that have ended by today, a week
// being in the period that holds its Thursday.
func weeksOf(period count.Days, today count.Day) []count.Days {
	var weeks []count.Days
	for monday := period.First.Monday(); ; monday += 7 {
		thursday, next := monday+3, monday+7
		if thursday > period.Last || next > today {
			return weeks
		}
		if thursday >= period.First {
			weeks = append(weeks, count.Days{First: monday, Last: next - 1})
		}
	}
}

// running are the days that are shown beside one another whatever period is
// chosen.
type running struct {
	now, before count.Days
}

func runningDay(today count.Day) running {
	now := count.Days{First: today, Last: today}
	return running{now, now.Add(-7)}
}

func runningWeek(today count.Day) running {
	now := count.Days{First: today.Monday(), Last: today}
	return running{now, now.Add(-7)}
}

// runningMonth sets the month so far beside as many days of the month before, or
// beside all of that when it is shorter.
func runningMonth(today count.Day) running {
	now := count.Days{First: today.FirstOfMonth(), Last: today}
	end := now.First - 1
	before := count.Days{First: end.FirstOfMonth()}
	before.Last = min(end, before.First+(now.Last-now.First))
	return running{now, before}
}

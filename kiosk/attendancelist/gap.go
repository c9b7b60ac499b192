package attendancelist

import (
	"cmp"
	"slices"

	"example.org/inloop/sync/count"
)

// longGap is how many days may pass in a list without a row before it is asked about:
// a slip in the year makes such gaps.
const longGap = 365

// Gap is a time inside a list of which it says nothing.
type Gap struct {
	From, To         count.Day // the days before and after it that have rows
	FromLine, ToLine int       // the first line of each
}

// gaps returns those longer than a year.
func gaps(list []Row) (all []Gap) {
	byDay := slices.Clone(list)
	slices.SortStableFunc(byDay, func(a, b Row) int { return cmp.Compare(a.Day, b.Day) })
	byDay = slices.CompactFunc(byDay, func(a, b Row) bool { return a.Day == b.Day })
	for i := 1; i < len(byDay); i++ {
		if before, after := byDay[i-1], byDay[i]; after.Day-before.Day > longGap {
			all = append(all, Gap{From: before.Day, To: after.Day, FromLine: before.Line, ToLine: after.Line})
		}
	}
	return all
}

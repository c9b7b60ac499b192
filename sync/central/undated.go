package central

import (
	"math"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// undatedVisits are a room's visits that wait for a date. No day of which one can be is
// whole, and each figure that may lack them is told with their number.
type undatedVisits []wire.Undated

// within returns how many of them can be of some days, when none was after today: each
// stretch as a whole, for nobody knows more of it.
func (u undatedVisits) within(days count.Days, today count.Day) (n int64) {
	for _, stretch := range u {
		can := count.Days{First: math.MinInt32, Last: today}
		if first, _, err := stretch.From.Span(); err == nil {
			can.First = first
		}
		if _, last, err := stretch.To.Span(); err == nil {
			can.Last = last
		}
		if can.First <= days.Last && days.First <= can.Last {
			n += stretch.N
		}
	}
	return n
}

// undatedOf returns how many visits that wait for a date can be of some days.
func (t tally) undatedOf(days count.Days) int64 { return t.undated.within(days, t.today) }

func undatedOf(rooms []tally, days count.Days) (n int64) {
	for _, t := range rooms {
		n += t.undatedOf(days)
	}
	return n
}

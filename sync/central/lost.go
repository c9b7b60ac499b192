package central

import (
	"slices"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/wire"
)

// lostDays are the days of a room of which visits may be missing.
type lostDays struct {
	days   []wire.LostDays
	untold bool // not all of its kiosks could say so
}

// atLeast tells whether persons may be missing from the figures of some days: the room
// says that it lost visits of them, or two databases counted them. Of one that cannot
// say, another epoch is taken for a loss. Pairing anew loses nothing, and says nothing.
func (t tally) atLeast(days count.Days) bool {
	series, epochs := t.databases(days)
	return t.lost.touch(days) || series > 1 || t.lost.untold && epochs > 1
}

// lostToday tells whether visits of today may be missing; a day that has ended is told
// as it was closed.
func (t tally) lostToday() bool { return t.lost.touch(count.Days{First: t.today, Last: t.today}) }

func (l lostDays) touch(days count.Days) bool {
	first, last := days.First.Period(), days.Last.Period() // ordered as they are written
	return slices.ContainsFunc(l.days, func(l wire.LostDays) bool { return l.From <= last && first <= l.To })
}

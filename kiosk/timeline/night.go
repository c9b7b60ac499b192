package timeline

import "example.org/inloop/sync/count"

// Night is what has ended when a room looks which days have.
type Night struct {
	Days  count.Days // to be closed out; Days.Last is the last closed day from then on
	First bool       // the room's first day: it owes nothing to those before it
}

// NightBefore returns what has ended before today, when the day last was the last
// that was closed out; NoDay when none ever was. A clock that ran ahead may have
// closed days that are still to come: then nothing has ended, and as Days.Last is
// the day before today again, each of them is closed once more by its true night.
func NightBefore(today, last count.Day) Night {
	n := Night{Days: count.Days{First: last + 1, Last: today - 1}}
	if last == count.NoDay {
		n.Days.First, n.First = today, true
	}
	return n
}

// Ended tells whether a day has ended.
func (n Night) Ended() bool { return n.Days.First <= n.Days.Last }

// portionDays is how many days are closed out at once, so that no tap waits for the
// years of a clock that leapt.
const portionDays = 31

// Portion returns the part of the night that is closed out first, none of it before
// oldest, and whether more is left: of days that lie further back than what the room
// keeps nothing is known, and nothing is told.
func (n Night) Portion(oldest count.Day) (portion Night, more bool) {
	n.Days.First = max(n.Days.First, min(oldest, n.Days.Last+1))
	if n.Days.Last-n.Days.First >= portionDays {
		n.Days.Last, more = n.Days.First+portionDays-1, true
	}
	return n, more
}

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

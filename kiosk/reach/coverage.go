package reach

import "example.org/inloop/sync/count"

// What has to be known of the time before a period, so that somebody who was not
// seen in it may be called new.
const coverMonths = 12

// Openings are the days on which a room was planned to be open, and those of which
// it is known who came.
type Openings struct {
	// Since is the first day on which the room was open at all, NoDay when nobody
	// has said so.
	Since count.Day
	// Planned tells whether the room was planned to be open on a day, by the
	// timetable as it stood then; nil plans nothing.
	Planned func(count.Day) bool
	// Recorded are the days on which a person was recorded, by badge or from a
	// list. A guest proves nothing: nobody can be known again by one.
	Recorded map[count.Day]bool
}

// Before returns how well the twelve months before a day are known.
func (o Openings) Before(first count.Day) Coverage {
	return o.before(first, func(d count.Day) bool { return o.Recorded[d] })
}

// before is Before for days that are recorded by more than marks.
func (o Openings) before(first count.Day, recorded func(count.Day) bool) (c Coverage) {
	for d := max(first.MonthsBefore(coverMonths), o.Since); d < first && o.Planned != nil; d++ {
		if !o.Planned(d) {
			continue
		}
		c.Planned++
		if recorded(d) {
			c.Recorded++
		}
	}
	if c.Planned == 0 {
		c.Began = o.Since
	}
	return c
}

// Coverage says on how many of the days planned open before a period somebody was
// recorded.
type Coverage struct {
	Planned, Recorded int
	// Began is the day on which the room began, when nothing was planned before
	// the period: everybody in it is new.
	Began count.Day
}

// Enough tells whether so much is known that whoever was not seen before may be
// called new: three quarters of the days, or a room that had not begun. With less, too
// many would be: 16 of 100 at six months, 51 at three.
func (c Coverage) Enough() bool {
	if c.Planned == 0 {
		return c.Began != count.NoDay
	}
	return 4*c.Recorded >= 3*c.Planned
}

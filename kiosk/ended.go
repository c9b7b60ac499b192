package kiosk

import (
	"cmp"
	"slices"
	"time"

	"example.org/inloop/sync/count"
)

// afterClosing is how long after the planned closing a day is taken to have ended where
// no host said that the room is closed: who is still there taps on the way out.
const afterClosing = 5 * time.Minute

// wholeDay is how many parts a day has.
const wholeDay = 3

// Ended is how far the days of a room have ended: all before Day, and of Day the first
// parts; with all three of them also what is counted of the whole day. It tells what may
// leave the room, for a number that was renewed while its part runs would tell when
// people come. It follows from the timetable, the clock and the touch of a host, and
// never from a visit.
type Ended struct {
	Day   count.Day
	Parts int
}

// Ended returns how far the days have ended at an instant. shut is the day on which a
// host said that the room is closed, NoDay for none. A part ends where the next one
// begins, the day's last one and the day itself with that word, or else some minutes
// after the last planned closing; a day without hours ends at midnight.
func (t Timetable) Ended(at time.Time, shut count.Day) Ended {
	today := t.Day(at)
	if closes, planned := t.lastClosing(today - 1); planned && shut != today-1 && at.Before(closes.Add(afterClosing)) {
		return Ended{today - 1, wholeDay - 1}
	}
	closes, planned := t.lastClosing(today)
	if shut == today || planned && !at.Before(closes.Add(afterClosing)) {
		return Ended{today, wholeDay}
	}
	return Ended{today, slices.Index(count.Parts(), t.Part(at))}
}

// lastClosing is when the room is planned to close for the day; false on a day without
// hours.
func (t Timetable) lastClosing(d count.Day) (time.Time, bool) {
	h := t.Hours(d)
	if len(h) == 0 {
		return time.Time{}, false
	}
	return d.At(h[len(h)-1].Until, t.Zone), true
}

// Compare tells which of two is further.
func (e Ended) Compare(o Ended) int {
	return cmp.Or(cmp.Compare(e.Day, o.Day), cmp.Compare(e.Parts, o.Parts))
}

// Has tells whether a part of a day has ended, and of PartNone whether the day has.
func (e Ended) Has(d count.Day, p count.Part) bool {
	if d != e.Day {
		return d < e.Day
	}
	if p == count.PartNone {
		return e.Parts == wholeDay
	}
	return slices.Index(count.Parts(), p) < e.Parts
}

// longAway is how many days a room may have heard nothing of its centre for its own word
// to count: a clock may be further ahead for the few hours of one boot.
const longAway = 40

// Within returns what has ended by both: of a room, and by the day of which a centre has
// signed the time last, which allows one day more. Nothing has by a room whose clock is
// further ahead than a room is away for, until the centre has signed a later day.
func (e Ended) Within(heard count.Day) Ended {
	if heard == count.NoDay || e.Day > heard+longAway {
		return Ended{}
	}
	if most := (Ended{Day: heard + 2}); e.Compare(most) > 0 {
		return most
	}
	return e
}

package kiosk

import (
	"time"

	"example.org/inloop/sync/count"
)

// PartTimes are the clock times that split a day: before Afternoon is morning,
// before Evening afternoon, the rest evening. They are stored with each visit,
// so that a later change of the setting moves no old visit.
type PartTimes struct {
	Afternoon count.ClockTime
	Evening   count.ClockTime
}

// DefaultPartTimes are 12:00 and 18:00.
func DefaultPartTimes() PartTimes { return PartTimes{12 * 60, 18 * 60} }

// Part returns the part of the day of a clock time.
func (b PartTimes) Part(c count.ClockTime) count.Part {
	switch {
	case c < b.Afternoon:
		return count.PartMorning
	case c < b.Evening:
		return count.PartAfternoon
	default:
		return count.PartEvening
	}
}

// OpeningHours is one span of a day in which the room is open, until excluded.
type OpeningHours struct {
	From, Until count.ClockTime
}

// Timetable is when the room is planned to be open. Open days come from here
// and never from activity, so that a day on which nobody came is still counted.
type Timetable struct {
	Zone       *time.Location
	Since      count.Day                       // the first day on which the room was open at all; NoDay when nobody said
	Week       map[time.Weekday][]OpeningHours // in order, not overlapping
	Exceptions map[count.Day][]OpeningHours    // instead of the week's; empty means closed
	PartTimes  PartTimes
}

// Hours returns when the room is planned to be open on d.
func (t Timetable) Hours(d count.Day) []OpeningHours {
	if h, ok := t.Exceptions[d]; ok {
		return h
	}
	return t.Week[d.Weekday()]
}

// Open tells whether the room is planned to be open on d at all.
func (t Timetable) Open(d count.Day) bool { return len(t.Hours(d)) > 0 }

// Slots returns how many parts of weekdays the room is planned to be open in.
func (t Timetable) Slots() int {
	type slot struct {
		weekday time.Weekday
		part    count.Part
	}
	slots := make(map[slot]bool)
	for weekday, hours := range t.Week {
		for _, h := range hours {
			for c := h.From; c < h.Until; c++ {
				slots[slot{weekday, t.PartTimes.Part(c)}] = true
			}
		}
	}
	return len(slots)
}

// OpenAt tells whether the room is planned to be open at this instant.
func (t Timetable) OpenAt(at time.Time) bool {
	c := count.ClockOf(at, t.Zone)
	for _, h := range t.Hours(count.DayOf(at, t.Zone)) {
		if h.From <= c && c < h.Until {
			return true
		}
	}
	return false
}

// Closes returns when a stay or an unknown badge that came in at this instant
// is closed by the clock: the next closing time of that day, or midnight on a
// day without hours and for what began after the last closing.
func (t Timetable) Closes(in time.Time) time.Time {
	d := count.DayOf(in, t.Zone)
	for _, h := range t.Hours(d) {
		if end := d.At(h.Until, t.Zone); in.Before(end) {
			return end
		}
	}
	return d.Ends(t.Zone)
}

// Part returns the part of the day of an instant.
func (t Timetable) Part(at time.Time) count.Part { return t.PartTimes.Part(count.ClockOf(at, t.Zone)) }

// Day returns the day of an instant in the room's zone.
func (t Timetable) Day(at time.Time) count.Day { return count.DayOf(at, t.Zone) }

// Activity is one line of the week's programme, shown on the idle screen.
type Activity struct {
	Weekday time.Weekday
	OpeningHours
	Title string
}

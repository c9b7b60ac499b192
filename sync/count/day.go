package count

import (
	"errors"
	"fmt"
	"time"
)

// ErrDay is returned for text that is no calendar day.
var ErrDay = errors.New("no calendar day")

// Day is a civil day in the room's zone, counted from 1970-01-01. Days are
// plain numbers, so no hour that summer time adds or takes can move one.
type Day int

// NoDay marks what could not be dated yet.
const NoDay Day = 0

// DayOf returns the day that t falls on in zone.
func DayOf(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return Date(y, m, d)
}

// Date returns the day of a year, month and day of the month.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads YYYY-MM-DD; anything else is ErrDay.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return NoDay, fmt.Errorf("%w: %.20q, want YYYY-MM-DD such as 2026-11-24", ErrDay, s)
	}
	return Date(t.Date()), nil
}

// UTC returns midnight UTC of the day, for what formats a time.Time. It is no
// instant of the day in the room's zone.
func (d Day) UTC() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String returns the day as YYYY-MM-DD.
func (d Day) String() string { return d.UTC().Format(time.DateOnly) }

// Civil returns the year, month and day of the month.
func (d Day) Civil() (year int, month time.Month, day int) { return d.UTC().Date() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.UTC().Weekday() }

// At returns the instant of a clock time on this day in zone. On the night of
// a clock change it is what time.Date makes of a time that is skipped or
// happens twice.
func (d Day) At(c ClockTime, zone *time.Location) time.Time {
	y, m, day := d.Civil()
	return time.Date(y, m, day, int(c)/60, int(c)%60, 0, 0, zone)
}

// Ends returns the midnight that ends the day in zone.
func (d Day) Ends(zone *time.Location) time.Time { return (d + 1).At(0, zone) }

// MonthsBefore returns the same day of the month n months earlier, or that
// month's last day when it has no such day.
func (d Day) MonthsBefore(n int) Day {
	y, m, day := d.Civil()
	last := Date(y, m-time.Month(n)+1, 1) - 1
	_, _, most := last.Civil()
	return Date(y, m-time.Month(n), min(day, most))
}

// Monday returns the first day of the ISO week the day is in.
func (d Day) Monday() Day { return d - Day((d.Weekday()+6)%7) }

// FirstOfMonth returns the day on which the day's month begins.
func (d Day) FirstOfMonth() Day {
	y, m, _ := d.Civil()
	return Date(y, m, 1)
}

// LastOfMonth returns the day on which the day's month ends.
func (d Day) LastOfMonth() Day {
	y, m, _ := d.Civil()
	return Date(y, m+1, 1) - 1
}

// Period returns the day as a period, as 2026-11-24.
func (d Day) Period() Period { return Period(d.String()) }

// Month returns the calendar month the day is in, as 2026-11.
func (d Day) Month() Period { return Period(d.UTC().Format("2006-01")) }

// Quarter returns the calendar quarter the day is in, as 2026Q4.
func (d Day) Quarter() Period {
	y, m, _ := d.Civil()
	return Period(fmt.Sprintf("%dQ%d", y, (int(m)+2)/3))
}

// Year returns the calendar year the day is in, as 2026.
func (d Day) Year() Period { return Period(d.UTC().Format("2006")) }

// Week returns the ISO 8601 week the day is in, as 2026-W48.
func (d Day) Week() Period {
	y, w := d.UTC().ISOWeek()
	return Period(fmt.Sprintf("%d-W%02d", y, w))
}

package reach

import (
	"fmt"

	"example.org/inloop/sync/count"
)

// Span returns the first and the last day of any fixed period: a day, an
// ISO 8601 week, a month, a quarter or a year. Anything else is
// kiosk.ErrPeriod.
func Span(p count.Period) (first, last count.Day, err error) {
	if d, err := count.ParseDay(string(p)); err == nil {
		return d, d, nil
	}
	if d, ok := monday(p); ok {
		return d, d + 6, nil
	}
	return p.Span()
}

// monday returns the day on which an ISO week begins.
func monday(p count.Period) (count.Day, bool) {
	var year, week int
	if n, err := fmt.Sscanf(string(p), "%4d-W%2d", &year, &week); err != nil || n != 2 {
		return 0, false
	}
	// 4 January is always in week 1 (ISO 8601).
	d := count.Date(year, 1, 4)
	d -= count.Day((d.Weekday() + 6) % 7)
	d += count.Day(7 * (week - 1))
	return d, d.Week() == p // refuses week 53 of a year that has 52
}

// short tells whether p is a day or a week, which hold no count of persons.
func short(p count.Period) bool {
	_, _, err := p.Span()
	return err != nil
}

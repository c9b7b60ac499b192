package wire

import (
	"errors"
	"fmt"
	"time"
)

// ErrPeriod is returned for text that is no calendar period.
var ErrPeriod = errors.New("no calendar period")

// Kind is how long a period is.
type Kind int

// The kinds of periods, shortest first.
const (
	Day Kind = iota + 1
	Month
	Quarter
	Year
)

// Period is a fixed calendar period, written 2026-11-24, 2026-11, 2026Q4 or
// 2026. There are no others: no weeks (they are sums of days) and no ranges.
type Period string

// Kind returns the period's kind, or ErrPeriod when it is none, such as
// 2026-02-30.
func (p Period) Kind() (Kind, error) {
	_, _, kind, err := p.span()
	return kind, err
}

// Span returns the first day and the day after the last, both at midnight UTC,
// or ErrPeriod.
func (p Period) Span() (from, until time.Time, err error) {
	from, until, _, err = p.span()
	return from, until, err
}

func (p Period) span() (from, until time.Time, kind Kind, err error) {
	// By its length, and not by a pattern: each cell of a request comes here.
	var layout string
	year, month, day := 0, 0, 0 // how long it is
	switch text := string(p); {
	case len(text) == len(time.DateOnly):
		layout, kind, day = time.DateOnly, Day, 1
	case len(text) == len("2026-11"):
		layout, kind, month = "2006-01", Month, 1
	case len(text) == len("2026Q4") && text[4] == 'Q' && '1' <= text[5] && text[5] <= '4':
		from, err = time.Parse("2006", text[:4])
		from = from.AddDate(0, 3*int(text[5]-'1'), 0)
		kind, month = Quarter, 3
	case len(text) == len("2026"):
		layout, kind, year = "2006", Year, 1
	default:
		err = ErrPeriod
	}
	if layout != "" {
		from, err = time.Parse(layout, string(p))
	}
	if err != nil || from.Year() < 2000 || from.Year() > 2099 {
		return time.Time{}, time.Time{}, 0, fmt.Errorf("%w: %.20q", ErrPeriod, string(p))
	}
	return from, from.AddDate(year, month, day), kind, nil
}

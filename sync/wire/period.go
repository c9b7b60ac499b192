package wire

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
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

var periodPattern = regexp.MustCompile(`^(20\d\d)(?:Q([1-4])|-(\d\d)(?:-(\d\d))?)?$`)

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
	m := periodPattern.FindStringSubmatch(string(p))
	if m == nil {
		return from, until, 0, fmt.Errorf("%w: %.20q", ErrPeriod, string(p))
	}
	year, _ := strconv.Atoi(m[1]) // digits, by the pattern
	date := func(month, day int) time.Time { return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC) }
	switch {
	case m[2] != "":
		q, _ := strconv.Atoi(m[2])
		return date(3*q-2, 1), date(3*q+1, 1), Quarter, nil
	case m[4] != "":
		month, _ := strconv.Atoi(m[3])
		day, _ := strconv.Atoi(m[4])
		from = date(month, day)
		if from.Format(time.DateOnly) != string(p) { // time.Date turns 30 February into 2 March
			return from, until, 0, fmt.Errorf("%w: %q", ErrPeriod, string(p))
		}
		return from, from.AddDate(0, 0, 1), Day, nil
	case m[3] != "":
		month, _ := strconv.Atoi(m[3])
		if month < 1 || month > 12 {
			return from, until, 0, fmt.Errorf("%w: %q", ErrPeriod, string(p))
		}
		return date(month, 1), date(month+1, 1), Month, nil
	default:
		return date(1, 1), date(13, 1), Year, nil
	}
}

package count

import (
	"errors"
	"fmt"
	"iter"
	"time"
)

// ErrPeriod is returned for text that is no calendar period.
var ErrPeriod = errors.New("no calendar period")

// PeriodKind is how long a period is.
type PeriodKind int

// The kinds of periods, shortest first.
const (
	PeriodDay PeriodKind = iota + 1
	PeriodWeek
	PeriodMonth
	PeriodQuarter
	PeriodYear
)

// Period is a fixed calendar period of this century: 2026-11-24, 2026-W48,
// 2026-11, 2026Q4 or 2026. There are no free ranges, because any two ranges that
// differ by a day tell that day.
type Period string

// Kind returns how long the period is, or ErrPeriod for what is none, such as
// 2026-02-30.
func (p Period) Kind() (PeriodKind, error) {
	kind, _, _, err := p.parse()
	return kind, err
}

// Span returns the period's first and last day, or ErrPeriod.
func (p Period) Span() (first, last Day, err error) {
	_, first, last, err = p.parse()
	return first, last, err
}

// Days returns the days of the period, or ErrPeriod.
func (p Period) Days() (Days, error) {
	_, first, last, err := p.parse()
	return Days{first, last}, err
}

// Contains tells whether d lies in the period.
func (p Period) Contains(d Day) bool {
	first, last, err := p.Span()
	return err == nil && first <= d && d <= last
}

// AtLeast tells whether this is a period of that kind or a longer one.
func (p Period) AtLeast(kind PeriodKind) bool {
	k, err := p.Kind()
	return err == nil && k >= kind
}

// Is tells whether this is a period of that kind.
func (p Period) Is(kind PeriodKind) bool {
	k, err := p.Kind()
	return err == nil && k == kind
}

// parse tells the kinds apart by their lengths, and not by a pattern: each cell
// of a request comes here.
func (p Period) parse() (kind PeriodKind, first, last Day, err error) {
	s := string(p)
	year, ok := number(s, 0, 4)
	ok = ok && 2000 <= year && year <= 2099
	month, months := 1, 0 // of a period longer than a week
	switch {
	case !ok:
	case len(s) == len("2026-11-24"):
		kind, first, ok = PeriodDay, NoDay, s[4] == '-' && s[7] == '-'
		if ok {
			first, ok = dayOf(year, s)
		}
		last = first
	case len(s) == len("2026-W48"):
		kind = PeriodWeek
		first, ok = monday(year, s)
		last = first + 6
	case len(s) == len("2026-11"):
		kind, months = PeriodMonth, 1
		month, ok = number(s, 5, 7)
		ok = ok && s[4] == '-' && 1 <= month && month <= 12
	case len(s) == len("2026Q4"):
		kind, months = PeriodQuarter, 3
		ok = s[4] == 'Q' && '1' <= s[5] && s[5] <= '4'
		month = 3*int(s[5]-'0') - 2
	case len(s) == len("2026"):
		kind, months = PeriodYear, 12
	default:
		ok = false
	}
	if !ok {
		return 0, NoDay, NoDay, fmt.Errorf("%w: %.20q, want 2026-11-24, 2026-W48, 2026-11, 2026Q4 or 2026", ErrPeriod, s)
	}
	if months > 0 {
		first, last = Date(year, time.Month(month), 1), Date(year, time.Month(month+months), 1)-1
	}
	return kind, first, last, nil
}

// dayOf reads the month and the day of 2026-11-24.
func dayOf(year int, s string) (Day, bool) {
	month, ok := number(s, 5, 7)
	day, ok2 := number(s, 8, 10)
	if !ok || !ok2 || month < 1 || month > 12 || day < 1 {
		return NoDay, false
	}
	d := Date(year, time.Month(month), day)
	_, m, _ := d.Civil()
	return d, m == time.Month(month) // else the month has no such day
}

// monday reads the week of 2026-W48 and returns the day on which it begins.
func monday(year int, s string) (Day, bool) {
	week, ok := number(s, 6, 8)
	if !ok || s[4:6] != "-W" || week < 1 {
		return NoDay, false
	}
	// 4 January is always in week 1 (ISO 8601).
	d := Date(year, time.January, 4).Monday() + Day(7*(week-1))
	return d, d.Week() == Period(s) // refuses week 53 of a year that has 52
}

// number reads the digits of s from one place up to another, and nothing else.
func number(s string, from, to int) (n int, ok bool) {
	if len(s) < to {
		return 0, false
	}
	for _, c := range []byte(s[from:to]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

// Days are consecutive days, from First to Last, both included. There are none
// when Last lies before First. They are for arithmetic; what is shown and sent
// is always a Period.
type Days struct {
	First, Last Day
}

// Contains tells whether d is one of them.
func (s Days) Contains(d Day) bool { return s.First <= d && d <= s.Last }

// All yields every day, in order.
func (s Days) All() iter.Seq[Day] {
	return func(yield func(Day) bool) {
		for d := s.First; d <= s.Last && yield(d); d++ {
		}
	}
}

// Add returns the days n later, or earlier when n is negative.
func (s Days) Add(n Day) Days { return Days{s.First + n, s.Last + n} }

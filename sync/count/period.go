package count

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// ErrPeriod is returned for text that is no month, quarter or year.
var ErrPeriod = errors.New("no calendar period")

// Period is a fixed calendar period: 2026-11-24, 2026-W48, 2026-11, 2026Q4 or
// 2026. There are no free ranges, because any two ranges that differ by a day
// tell that day.
type Period string

var periodPattern = regexp.MustCompile(`^(20\d\d)(?:-(0[1-9]|1[0-2])|Q([1-4]))?$`)

// Span returns the first and the last day of a month, quarter or year; a day
// or a week, or anything else, is ErrPeriod.
func (p Period) Span() (first, last Day, err error) {
	m := periodPattern.FindStringSubmatch(string(p))
	if m == nil {
		return 0, 0, fmt.Errorf("%w: %.20q, want 2026-11, 2026Q4 or 2026", ErrPeriod, string(p))
	}
	year, _ := strconv.Atoi(m[1]) // digits, by the pattern
	from, months := 1, 12
	if m[2] != "" {
		from, _ = strconv.Atoi(m[2])
		months = 1
	} else if m[3] != "" {
		q, _ := strconv.Atoi(m[3])
		from, months = 3*q-2, 3
	}
	return Date(year, time.Month(from), 1), Date(year, time.Month(from+months), 1) - 1, nil
}

// Contains tells whether d lies in a month, quarter or year.
func (p Period) Contains(d Day) bool {
	first, last, err := p.Span()
	return err == nil && first <= d && d <= last
}

// IsMonth tells a month from the longer periods.
func (p Period) IsMonth() bool { return len(p) == len("2026-11") }

// IsQuarter tells a quarter from the other periods.
func (p Period) IsQuarter() bool { return len(p) == len("2026Q4") }

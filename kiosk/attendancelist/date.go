package attendancelist

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.org/inloop/sync/count"
)

// DateOrder is which of day and month comes first in 03/05/2026.
type DateOrder string

// The orders; the empty one is asked of the list itself.
const (
	DatesDayFirst   DateOrder = "dmy"
	DatesMonthFirst DateOrder = "mdy"
)

// ErrDates is a date order that is neither.
var ErrDates = errors.New("want dmy or mdy")

// ParseDateOrder reads "dmy", "mdy" or nothing; anything else is ErrDates.
func ParseDateOrder(s string) (DateOrder, error) {
	switch d := DateOrder(strings.ToLower(s)); d {
	case "", DatesDayFirst, DatesMonthFirst:
		return d, nil
	}
	return "", fmt.Errorf("%w: %.20q", ErrDates, s)
}

// written is a date as a list has it: a day, or two numbers of which one is the day.
type written struct {
	day   count.Day
	a, b  int // the two in their order; 0 where day is known
	year  int
	fault ListFault
	// A workbook holds it as a day, whatever it shows.
	serial bool
}

// only is the one order in which the numbers are a date, or empty for both.
func (w written) only() DateOrder {
	switch {
	case w.a > 12 && w.b <= 12:
		return DatesDayFirst
	case w.b > 12 && w.a <= 12:
		return DatesMonthFirst
	}
	return ""
}

// undecided tells of a date that is another day in each order.
func (w written) undecided() bool {
	return w.fault == "" && w.a != w.b && w.a <= 12 && w.b <= 12 && w.a > 0
}

// in returns the day under an order; false where there is none.
func (w written) in(order DateOrder) (count.Day, bool) {
	switch {
	case w.fault != "":
		return 0, false
	case w.a == 0:
		return w.day, true
	case order == DatesMonthFirst:
		return civil(w.year, w.a, w.b)
	}
	return civil(w.year, w.b, w.a)
}

func civil(year, month, day int) (count.Day, bool) {
	d := count.Date(year, time.Month(month), day)
	y, m, n := d.Civil()
	return d, y == year && int(m) == month && n == day
}

// readDate reads 2026-05-03, 3-5-2026, 03/05/2026, 3.5.2026 or 3 mei 2026, with or
// without a time of day behind it, which the part of the day tells already.
func readDate(cell string) written {
	if i := strings.LastIndexAny(cell, " T"); i > 0 && strings.Contains(cell[i:], ":") {
		cell = cell[:i]
	}
	part := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("-/. ", r) })
	if len(part) != 3 {
		return written{fault: FaultDay}
	}
	first, second, third := number(part[0]), number(part[1]), number(part[2])
	switch month := monthNamed(part[1]); {
	case len(part[0]) == 4 && first > 0 && second > 0 && third > 0 && len(part[1]) <= 2 && len(part[2]) <= 2:
		return known(first, second, third)
	case first <= 0 || third < 0 || len(part[0]) > 2 || second <= 0 && month == 0 || month == 0 && len(part[1]) > 2:
		return written{fault: FaultDay}
	case len(part[2]) == 2:
		return written{fault: FaultShortYear}
	case len(part[2]) != 4:
		return written{fault: FaultDay}
	case month > 0:
		return known(third, month, first)
	default:
		return written{a: first, b: second, year: third}
	}
}

func known(year, month, day int) written {
	d, ok := civil(year, month, day)
	if !ok {
		return written{fault: FaultDay}
	}
	return written{day: d}
}

// number reads digits alone; anything else is -1.
func number(s string) int {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}

// monthNamed knows months by their Dutch and English names, whole or the first three letters.
func monthNamed(s string) int {
	s = strings.ToLower(s)
	for i, names := range []string{
		"jan januari january", "feb februari february", "mrt maart mar march", "apr april", "mei may", "jun juni june",
		"jul juli july", "aug augustus august", "sep sept september", "okt oktober oct october", "nov november", "dec december",
	} {
		for name := range strings.FieldsSeq(names) {
			if s == name {
				return i + 1
			}
		}
	}
	return 0
}

package reach

import (
	"slices"

	"example.org/inloop/sync/count"
)

// Who is regular: a visit in 6 of the last 13 weeks in which the room was open. With
// fewer than 13 such weeks it is of those; with fewer than 8 nobody can be called so.
const (
	regularWeeks = 6
	seasonWeeks  = 13
	leastWeeks   = 8
	farWeeks     = 53 // nothing is looked for further back
)

// season are the last open weeks before a quarter's end, the earliest first; of the
// last one the days after the quarter are left out.
type season []count.Days

func (s season) enough() bool { return len(s) >= leastWeeks }

// seasons returns those of the quarters that end in a period; none for a shorter one.
func (o Openings) seasons(p count.Period) (all []season) {
	first, last, err := p.Span()
	if err != nil || !p.AtLeast(count.PeriodQuarter) {
		return nil
	}
	for d := first; d <= last; {
		_, end, err := d.Quarter().Span()
		if err != nil {
			return nil
		}
		all = append(all, o.season(end))
		d = end + 1
	}
	return all
}

// season returns the last open weeks until a day.
func (o Openings) season(last count.Day) (s season) {
	for monday, n := last.Monday(), 0; n < farWeeks && len(s) < seasonWeeks && o.Planned != nil; monday, n = monday-7, n+1 {
		week := count.Days{First: monday, Last: min(monday+6, last)}
		for d := range week.All() {
			if d >= o.Since && o.Planned(d) {
				s = append(s, week)
				break
			}
		}
	}
	slices.Reverse(s)
	return s
}

// regular tells why nobody can be called regular in a period, "" when somebody can.
func (o Openings) regular(p count.Period) Reason {
	switch {
	case !p.AtLeast(count.PeriodMonth):
		return ReasonMonthAndUp
	case !p.AtLeast(count.PeriodQuarter):
		return ReasonQuarters
	case slices.ContainsFunc(o.seasons(p), season.enough):
		return ""
	}
	return ReasonFewWeeks
}

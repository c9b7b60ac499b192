package reach

import "example.org/inloop/sync/count"

// YearUntil counts a year of which the data end sooner.
func (h *History) YearUntil(days count.Days, o Openings) (Tally, error) {
	return h.tally(days, count.PeriodYear, []season{o.season(days.Last)}), nil
}

// From is what is left of a history once the visits before a day are gone.
func (h *History) From(day count.Day) *History { return h.from(day) }

package reach

import "example.org/inloop/sync/count"

// YearUntil counts a year of which the data end sooner.
func (h *History) YearUntil(days count.Days, o Openings) (Tally, error) {
	return h.tally(days, count.PeriodYear, []season{o.season(days.Last)}), nil
}

package dashboard

import (
	"errors"
	"fmt"
	"slices"

	"example.org/inloop/sync/count"
	"example.org/inloop/web"
)

// errPeriod is returned for an address that names no month and no quarter.
var errPeriod = errors.New("no such period")

// period is a month or a quarter of the calendar. There is nothing else to
// choose from: with free ranges every rounded figure could be undone
// by subtraction, so no page takes two dates.
type period struct {
	count.Days
	quarterly bool
}

// parsePeriod reads 2026-11 or 2026Q4, or fails with errPeriod.
func parsePeriod(p count.Period) (period, error) {
	quarterly := p.Is(count.PeriodQuarter)
	if !quarterly && !p.Is(count.PeriodMonth) {
		return period{}, fmt.Errorf("%w: %.20q", errPeriod, string(p))
	}
	days, err := p.Days()
	return period{days, quarterly}, err
}

// title names the period in words: "november 2026", "4e kwartaal 2026".
func (p period) title(t web.Localizer) string {
	year, month, _ := p.First.Civil()
	if p.quarterly {
		return t.T("dashboard.period.quarter", map[string]any{"Quarter": (int(month)-1)/3 + 1, "Year": year})
	}
	return t.T("dashboard.period.month", map[string]any{"Month": t.Month(month), "Year": year})
}

// periodTitle is title for a period as central spells it; what is none comes
// back as it is.
func periodTitle(t web.Localizer, spelt count.Period) string {
	if spelt.Is(count.PeriodYear) {
		return t.T("dashboard.period.year", map[string]any{"Year": string(spelt)})
	}
	p, err := parsePeriod(spelt)
	if err != nil {
		return string(spelt)
	}
	return p.title(t)
}

// beside returns the periods before and after chosen in a list that has the
// newest first, each "" where the list ends.
func beside(newestFirst []count.Period, chosen count.Period) (before, after count.Period) {
	i := slices.Index(newestFirst, chosen)
	if i < 0 {
		return "", ""
	}
	if i+1 < len(newestFirst) {
		before = newestFirst[i+1]
	}
	if i > 0 {
		after = newestFirst[i-1]
	}
	return before, after
}

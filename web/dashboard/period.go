package dashboard

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"example.org/inloop/web"
)

// errPeriod is returned for an address that names no month and no quarter.
var errPeriod = errors.New("no such period")

// period is a month or a quarter of the calendar. There is nothing else to
// choose from: with free ranges every rounded figure could be undone
// by subtraction, so no page takes two dates.
type period struct {
	from, until time.Time // midnight UTC: first day, and the day after the last
}

var periodPattern = regexp.MustCompile(`^(20\d\d)(?:Q([1-4])|-(0[1-9]|1[0-2]))$`)

// parsePeriod reads 2026-11 or 2026Q4, or fails with errPeriod.
func parsePeriod(s string) (period, error) {
	m := periodPattern.FindStringSubmatch(s)
	if m == nil {
		return period{}, fmt.Errorf("%w: %.20q", errPeriod, s)
	}
	year, _ := strconv.Atoi(m[1]) // digits, by the pattern
	first, _ := strconv.Atoi(m[3])
	months := 1
	if m[2] != "" {
		q, _ := strconv.Atoi(m[2])
		first, months = 3*q-2, 3
	}
	from := time.Date(year, time.Month(first), 1, 0, 0, 0, 0, time.UTC)
	return period{from, from.AddDate(0, months, 0)}, nil
}

// mondayOf is the first day of the ISO week of day.
func mondayOf(day time.Time) time.Time {
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

func (p period) quarterly() bool { return p.until.Sub(p.from) > 31*24*time.Hour }

func (p period) quarter() int { return (int(p.from.Month())-1)/3 + 1 }

// days lists the days of the period.
func (p period) days() []time.Time {
	var all []time.Time
	for d := p.from; d.Before(p.until); d = d.AddDate(0, 0, 1) {
		all = append(all, d)
	}
	return all
}

// title names the period in words: "november 2026", "4e kwartaal 2026".
func (p period) title(t web.Localizer) string {
	if p.quarterly() {
		return t.T("dashboard.period.quarter", map[string]any{"Quarter": p.quarter(), "Year": p.from.Year()})
	}
	return t.T("dashboard.period.month", map[string]any{"Month": t.Month(p.from.Month()), "Year": p.from.Year()})
}

// periodTitle is title for a period as central spells it; what is none comes
// back as it is.
func periodTitle[P ~string](t web.Localizer, spelt P) string {
	p, err := parsePeriod(string(spelt))
	if err != nil {
		return string(spelt)
	}
	return p.title(t)
}

// spell writes s as a period of central's type, of which like is one.
func spell[P ~string](like P, s string) P { return P(s) }

// beside returns the periods before and after chosen in a list that has the
// newest first, each "" where the list ends.
func beside[P ~string](newestFirst []P, chosen P) (before, after P) {
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

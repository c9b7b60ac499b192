package dashboard

import (
	"errors"
	"testing"

	"example.org/inloop/sync/count"
)

func TestParsePeriod_OnlyMonthsAndQuarters(t *testing.T) {
	for _, c := range []struct {
		text        count.Period
		first, last string
		days        int
		refused     bool
	}{
		{text: "2026-11", first: "2026-11-01", last: "2026-11-30", days: 30},
		{text: "2028-02", first: "2028-02-01", last: "2028-02-29", days: 29},
		{text: "2026Q4", first: "2026-10-01", last: "2026-12-31", days: 92},
		{text: "2026Q1", first: "2026-01-01", last: "2026-03-31", days: 90},
		{text: "2026", refused: true}, {text: "2026-13", refused: true}, {text: "2026Q5", refused: true},
		{text: "2026-11-24", refused: true}, {text: "2026-11..2026-12", refused: true}, {text: "", refused: true},
	} {
		p, err := parsePeriod(c.text)
		if c.refused {
			if !errors.Is(err, errPeriod) {
				t.Errorf("%q: %v, want errPeriod", c.text, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if n := int(p.Last-p.First) + 1; p.First.String() != c.first || p.Last.String() != c.last || n != c.days {
			t.Errorf("%q: %d days from %s to %s", c.text, n, p.First, p.Last)
		}
	}
}

func TestBeside_StopsAtTheEnds(t *testing.T) {
	list := []count.Period{"2026Q4", "2026Q3", "2026Q2"}
	for _, c := range []struct{ chosen, before, after count.Period }{
		{"2026Q4", "2026Q3", ""}, {"2026Q3", "2026Q2", "2026Q4"}, {"2026Q2", "", "2026Q3"}, {"2020Q1", "", ""},
	} {
		if before, after := beside(list, c.chosen); before != c.before || after != c.after {
			t.Errorf("%s: between %q and %q, want %q and %q", c.chosen, before, after, c.before, c.after)
		}
	}
}

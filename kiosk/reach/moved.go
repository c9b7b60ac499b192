package reach

import (
	"slices"

	"example.org/inloop/sync/count"
)

// Moved is a figure that a change of the rows tells otherwise.
type Moved struct {
	Period        count.Period
	Measure       count.Measure
	Before, After Value
	// Told says that the figure stood already: it was shown, and sent, of a period
	// that has ended.
	Told bool
}

// Moved returns the figures of months, quarters and years, ended or running, that
// after tells otherwise than l, in the order of the periods and of the catalogue.
// Both are of one day.
func (l *Ledger) Moved(after *Ledger, today count.Day) ([]Moved, error) {
	periods := append(l.due(today), after.due(today)...)
	periods = append(periods, today.Month(), today.Quarter(), today.Year())
	slices.Sort(periods)
	var all []Moved
	for _, p := range slices.Compact(periods) {
		was, err := l.Figures(p, today)
		if err != nil {
			return nil, err
		}
		is, err := after.Figures(p, today)
		if err != nil {
			return nil, err
		}
		for _, d := range count.Standard().All() {
			before, counted := was.value(d.Measure)
			if now, _ := is.value(d.Measure); counted && now != before {
				all = append(all, Moved{p, d.Measure, before, now, Ended(p, today) && before.Known()})
			}
		}
	}
	return all, nil
}

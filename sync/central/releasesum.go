package central

import (
	"slices"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// withholdSummed withholds the persons of the smallest room where those of some rooms and
// the round's number of all, which are roundings of the parts and of their sum, would
// together tell one room nearer than its own rounding does. Regulars are the base of the
// year's habit. Rooms are how many counted together.
func withholdSummed(places []ReleasePlace, joint []ReleaseCell, rooms int) {
	for _, sum := range []struct{ whole, part count.Measure }{
		{count.MeasureUnique, count.MeasureUnique}, {count.MeasureHabitN, count.MeasureRegular},
	} {
		i := slices.IndexFunc(joint, func(c ReleaseCell) bool { return c.Measure == sum.whole })
		if i < 0 {
			continue
		}
		parts := make([]disclose.Figure, len(places))
		for at := range places {
			parts[at].State = disclose.DisclosureWithheld
			if c, there := places[at].Find(sum.part); there {
				parts[at] = c.Figure
			}
		}
		for _, at := range disclose.Summed(joint[i].Figure, parts, rooms) {
			places[at].withhold(sum.part, AbsenceSummed)
			if sum.part == count.MeasureUnique {
				places[at].withhold(count.MeasureNew, AbsenceSummed) // in a first year it is the same number
			}
		}
	}
}

// withhold tells a measure no more, if it was told.
func (p *ReleasePlace) withhold(m count.Measure, reason Absence) {
	for i, c := range p.Cells {
		if c.Measure == m && c.State != disclose.DisclosureWithheld {
			p.Cells[i] = withheldFor(m, reason)
		}
	}
}

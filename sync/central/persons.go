package central

import (
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// persons returns the figures of class B of one room.
func (t tally) persons(period count.Period, days count.Days) PersonFigures {
	visits, came, _ := t.sum(days)
	p := PersonFigures{Numbers: map[count.Measure]Number{}, BadgeShare: visits.BadgeShare(), AtLeast: t.atLeast(days), Undated: t.undatedOf(days)}
	if !came {
		p.BadgeShare = Number{Reason: AbsenceNotReceived}
	}
	few := p.BadgeShare.OK() && !disclose.EnoughBadges(visits.Badge(), visits.Guests())
	cell := t.longer[longerKey{period, count.ClassB}]
	kind, _ := period.Kind() // of no period there are no numbers
	for _, d := range t.measures.OfClass(count.ClassB) {
		if d.Counted() {
			p.Numbers[d.Measure] = cell.number(d, kind, few)
		}
	}
	return p
}

// number returns one figure of class B, of a period of a kind; few tells that too few
// visits were by badge for any of them.
func (c longerCell) number(d count.Definition, kind count.PeriodKind, few bool) Number {
	n, there := c.n[d.Measure]
	switch {
	case !there && len(c.n) > 0 && !d.CountedOver(kind):
		return Number{Reason: AbsenceQuarters}
	case !there:
		return Number{Reason: AbsenceNotReceived}
	case few:
		return Number{Reason: AbsenceFewBadges}
	case n == nil:
		return Number{Reason: AbsenceWithheld}
	}
	return Number{N: *n}
}

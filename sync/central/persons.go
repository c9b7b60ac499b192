package central

import "example.org/inloop/sync/count"

// persons returns the figures of class B of one room.
func (t tally) persons(period count.Period, days count.Days) PersonFigures {
	visits, came, _ := t.sum(days)
	p := PersonFigures{Numbers: map[count.Measure]Number{}, BadgeShare: visits.BadgeShare(), AtLeast: t.atLeast(days), Undated: t.undatedOf(days)}
	if !came {
		p.BadgeShare = Number{Reason: AbsenceNotReceived}
	}
	few := p.BadgeShare.OK() && visits.Badge()*100 < MinBadgeShare*visits.Total()
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

// reach returns the figure of class C of one room in a quarter that ends on
// last.
func (t tally) reach(quarter count.Period, last count.Day) ReachFigures {
	r := ReachFigures{Quarter: quarter}
	if days, err := quarter.Days(); err == nil {
		r.Undated = t.undatedOf(days)
	}
	cell, there := t.longer[longerKey{quarter, count.ClassC}]
	n, a, k := cell.n[count.MeasureReachN], cell.n[count.MeasureReachA], cell.n[count.MeasureReachK]
	switch {
	case !there && t.today <= last+ReachAfter:
		r.Reason = AbsenceNotEnded
	case !there:
		r.Reason = AbsenceNotReceived
	case n == nil || a == nil || k == nil || *n == 0 || *a > *n || *k > *a: // together or not at all
		r.Reason = AbsenceTooFew
	}
	if r.Reason != AbsenceNone {
		r.Share = Number{Reason: r.Reason}
		return r
	}
	r.N, r.A, r.K = *n, *a, *k
	r.Low, r.High = percent(r.K, r.N).N, percent(r.K+r.Unanswered(), r.N).N
	r.Share = percent(r.K, r.A)
	switch lone := r.A < 50 && (r.K*100 > 90*r.A || r.K*100 < 10*r.A); {
	case r.A*100 < MinCoverage*r.N:
		r.Share = Number{Reason: AbsenceLowCoverage}
	case lone: // nearly all or nearly none of a small group tells of each of them
		r.Share = Number{Reason: AbsenceTooFew}
	}
	return r
}

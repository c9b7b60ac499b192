package central

import (
	"time"

	"example.org/inloop/sync/wire"
)

// persons returns the figures of class B of one room.
func (t tally) persons(period wire.Period, s span) PersonFigures {
	visits, came, _ := t.sum(s)
	p := PersonFigures{BadgeShare: visits.BadgeShare(), AtLeast: t.epochs(s) > 1}
	if !came {
		p.BadgeShare = Number{Reason: ReasonNotReceived}
	}
	few := p.BadgeShare.OK() && visits.Badge*100 < MinBadgeShare*visits.Total()
	cell := t.longer[longerKey{period, wire.ClassB}]
	number := func(m wire.Measure) Number {
		n, there := cell.n[m]
		switch {
		case !there:
			return Number{Reason: ReasonNotReceived}
		case few:
			return Number{Reason: ReasonFewBadges}
		case n == nil:
			return Number{Reason: ReasonWithheld}
		}
		return Number{N: *n}
	}
	p.Unique, p.New = number(wire.Unique), number(wire.New)
	p.Reactivated, p.Returning = number(wire.Reactivated), number(wire.Returning)
	return p
}

// reach returns the figure of class C of one room in a quarter that ends
// before until.
func (t tally) reach(quarter wire.Period, until time.Time) Reach {
	r := Reach{Quarter: quarter}
	cell, there := t.longer[longerKey{quarter, wire.ClassC}]
	n, a, k := cell.n[wire.ReachN], cell.n[wire.ReachA], cell.n[wire.ReachK]
	switch {
	case !there && t.today.Before(until.Add(ReachAfter)):
		r.Reason = ReasonNotEnded
	case !there:
		r.Reason = ReasonNotReceived
	case n == nil || a == nil || k == nil || *n == 0 || *a > *n || *k > *a: // together or not at all
		r.Reason = ReasonTooFew
	}
	if r.Reason != ReasonShown {
		r.Share = Number{Reason: r.Reason}
		return r
	}
	r.N, r.A, r.K = *n, *a, *k
	r.Low, r.High = percent(r.K, r.N).N, percent(r.K+r.Unanswered(), r.N).N
	r.Share = percent(r.K, r.A)
	switch lone := r.A < 50 && (r.K*100 > 90*r.A || r.K*100 < 10*r.A); {
	case r.A*100 < MinCoverage*r.N:
		r.Share = Number{Reason: ReasonLowCoverage}
	case lone: // nearly all or nearly none of a small group tells of each of them
		r.Share = Number{Reason: ReasonTooFew}
	}
	return r
}

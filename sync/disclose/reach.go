package disclose

// limits are what a number must pass to be shown. The exact numbers: whole of all, base
// of these known, side on either side of the question. And gap, between the rounded
// base and the rounded part: without it some shown numbers tell the exact one.
type limits struct {
	whole, base, side, gap int64
}

// What class C must pass. MinAnswers and MinSide are what pages tell of.
const (
	MinPersons = 40 // persons, of a Reach
	MinAnswers = 20 // answers of a Reach, base of a Pair
	MinSide    = 8  // on either side of the question
	MinGap     = 15 // between rounded base and rounded part
)

var (
	reachLimits = limits{MinPersons, MinAnswers, MinSide, MinGap}
	pairLimits  = limits{MinAnswers, MinAnswers, MinSide, MinGap}
)

// Reach is what a pool of rooms counted in a quarter or a year: N persons with a visit,
// A of these who answered, K of these with few contacts.
type Reach struct {
	N, A, K int64
}

// Shown returns the rounded numbers, by the offsets of N, A and K, or false when
// nothing of the reach may be shown.
func (r Reach) Shown(un, ua, uk Offset) (Reach, bool) { return r.shown(reachLimits, un, ua, uk) }

func (r Reach) shown(l limits, un, ua, uk Offset) (Reach, bool) {
	var s Reach
	s.N = Round(r.N, un)
	s.A = min(Round(r.A, ua), s.N) // the part does not outgrow the whole
	s.K = min(Round(r.K, uk), s.A)
	if r.N < l.whole || r.A < l.base || r.K < l.side || r.A-r.K < l.side || s.A-s.K < l.gap {
		return Reach{}, false
	}
	return s, true
}

// Interval returns between which percentages of all persons the share with few
// contacts lies, whatever those would say who did not answer, and whatever state was
// rounded to these shown numbers:
//
//	k >= max(8, K-4), a-k >= max(8, (A-4)-(K+4)), n <= N+4
//
// The share of the answers themselves is never told: it leans low, for one answer
// decides enough contact and only three decide few.
func (r Reach) Interval() Interval {
	few, enough, top := max(MinSide, r.K-base+1), max(MinSide, r.A-r.K-2*(base-1)), r.N+base-1
	return Interval{Low: 100 * few / top, High: (100*(top-enough) + top - 1) / top}
}

// Interval is a share in whole percents, rounded outward: it lies from Low to High.
type Interval struct {
	Low, High int64
}

// Pair is a part of a base, of class C: who came back of the new, who holds to one part
// of the day of the regulars, who said yes of the slips.
type Pair struct {
	Base, K int64
}

// Shown returns the rounded pair, by the offsets of base and part, or false when
// nothing of it may be shown.
func (p Pair) Shown(ub, uk Offset) (Pair, bool) {
	// All of the base answered, so to say: whole and base are one number.
	s, ok := p.asReach().shown(pairLimits, ub, ub, uk)
	return Pair{s.N, s.K}, ok
}

// Within returns a shown pair as it is told beside all persons of whom its base is a part,
// themselves told as most: the base not above these, for then both would lie in the few
// numbers between. False when it is not to be told beside them.
func (p Pair) Within(most int64) (Pair, bool) {
	p.Base = min(p.Base, most)
	return p, p.Base-p.K >= MinGap
}

// Interval returns between which percentages of the base the part lies.
func (p Pair) Interval() Interval { return p.asReach().Interval() }

func (p Pair) asReach() Reach { return Reach{p.Base, p.Base, p.K} }

package central

import (
	"context"
	"slices"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// PooledFigures are figures of class C of one quarter or year, over all rooms of an
// organisation that were counted together: there are none of a single room.
type PooledFigures struct {
	Period     count.Period
	Cells      []ReleaseCell // as the round told them, or why not
	Rooms, Due int           // rooms that counted, of those that were due; 0 for no result
	Told       count.Period  // the day on which the result came
}

// Find returns a figure, withheld for one that the period does not tell of.
func (f PooledFigures) Find(m count.Measure) ReleaseCell {
	c, there := ReleasePlace{Cells: f.Cells}.Find(m)
	if !there {
		return withheldFor(m, AbsenceNotReceived)
	}
	return c
}

// Reach returns the triple of the period, false when it is withheld.
func (f PooledFigures) Reach() (disclose.Reach, bool) {
	n, a, k := f.Find(count.MeasureReachN), f.Find(count.MeasureReachA), f.Find(count.MeasureReachK)
	shown := n.State == disclose.DisclosureShown && a.State == disclose.DisclosureShown && k.State == disclose.DisclosureShown
	return disclose.Reach{N: n.N, A: a.N, K: k.N}, shown
}

// Pair returns a base and a part of it, false when they are withheld.
func (f PooledFigures) Pair(base, part count.Measure) (disclose.Pair, bool) {
	b, k := f.Find(base), f.Find(part)
	return disclose.Pair{Base: b.N, K: k.N}, b.State == disclose.DisclosureShown && k.State == disclose.DisclosureShown
}

// Pooled returns what the rooms of the account's organisation counted together: of the
// last year that ended, then of the last two quarters, the newest first. A period in
// which no room was due is left out.
func (o *Centre) Pooled(ctx context.Context, a Account) ([]PooledFigures, error) {
	if err := a.coordinates(); err != nil {
		return nil, err
	}
	r, err := o.gather(ctx, a.Organisation)
	if err != nil {
		return nil, err
	}
	first, _, _ := r.today.Year().Span() // a day's own year is one
	before := count.EndedPoolPeriod(r.period.First())
	var all []PooledFigures
	for _, period := range []count.Period{(first - 1).Year(), r.period.Quarter(), before.Quarter()} {
		if begins := roundOf(period).First(); !slices.ContainsFunc(r.pairings, func(k PairedKiosk) bool { return count.DayOf(k.Paired, r.zone) < begins }) {
			continue
		}
		all = append(all, r.pooledFigures(period))
	}
	return all, nil
}

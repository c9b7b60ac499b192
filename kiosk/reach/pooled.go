package reach

import (
	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// Pooled is what this room brings to a period that is counted together with other rooms.
// It is exact: nobody sees it but the masks.
func (l *Ledger) Pooled(p count.PoolPeriod) (map[count.PoolItem]int64, error) {
	numbers := make(map[count.PoolItem]int64)
	for _, span := range p.Periods() {
		t, err := l.exact(span)
		if err != nil {
			return nil, err
		}
		numbers[count.PoolItem{Period: span, Measure: count.MeasureReachN}] = t.Unique
		numbers[count.PoolItem{Period: span, Measure: count.MeasureReachA}] = min(t.A, t.Unique)
		numbers[count.PoolItem{Period: span, Measure: count.MeasureReachK}] = min(t.K, t.A, t.Unique)
	}
	return numbers, nil
}

// EnoughBadges tells whether enough of the visits were by badge for the room to count in
// a period, in each of its spans.
func (l *Ledger) EnoughBadges(p count.PoolPeriod) (bool, error) {
	for _, span := range p.Periods() {
		t, err := l.exact(span)
		if err != nil || !disclose.EnoughBadges(t.BadgeVisits, t.Guests) {
			return false, err
		}
	}
	return true, nil
}

// exact returns what a period came to, as it was kept where it was.
func (l *Ledger) exact(p count.Period) (Tally, error) {
	t, err := l.tally(p)
	if k, kept := l.Kept[p]; kept && err == nil {
		t = k.Corrected(t, false).Tally
	}
	return t, err
}

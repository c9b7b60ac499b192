package reach

// Interval is an interval of a share, from 0 to 1.
type Interval struct{ Low, High float64 }

// Isolated is what is told of isolated residents, from rounded numbers: of N
// residents who came, A answered, K of them with few contacts.
type Isolated struct{ N, A, K int64 }

// Unknown is how many were not asked or did not want to say.
func (r Isolated) Unknown() int64 { return r.N - r.A }

// Coverage is the share that answered.
func (r Isolated) Coverage() float64 { return float64(r.A) / float64(r.N) }

// Bounds is the share with few contacts as it would be if none, and if all, of
// those who did not answer had few contacts: it assumes nothing.
func (r Isolated) Bounds() Interval {
	return Interval{float64(r.K) / float64(r.N), float64(r.K+r.N-r.A) / float64(r.N)}
}

// Share is K of A, told only where at least 70 % answered; nor is it told
// above 90 or under 10 % of fewer than 50, which would be about everybody.
func (r Isolated) Share() (float64, bool) {
	told := 10*r.A >= 7*r.N && (r.A >= 50 || 10*r.K <= 9*r.A && 10*r.K >= r.A)
	if !told || r.A == 0 {
		return 0, false
	}
	return float64(r.K) / float64(r.A), true
}

package reach

import "math"

// Interval is an interval of a share, from 0 to 1.
type Interval struct{ Low, High float64 }

// Reach is what is told of isolated residents, from rounded numbers: of N
// residents who came, A answered, K of them with few contacts.
type Reach struct{ N, A, K int64 }

// Unknown is how many were not asked or did not want to say.
func (r Reach) Unknown() int64 { return r.N - r.A }

// Coverage is the share that answered.
func (r Reach) Coverage() float64 { return float64(r.A) / float64(r.N) }

// Bounds is the share with few contacts as it would be if none, and if all, of
// those who did not answer had few contacts: it assumes nothing.
func (r Reach) Bounds() Interval {
	return Interval{float64(r.K) / float64(r.N), float64(r.K+r.N-r.A) / float64(r.N)}
}

// Share is K of A, told only where at least 70 % answered; nor is it told
// above 90 or under 10 % of fewer than 50, which would be about everybody.
func (r Reach) Share() (float64, bool) {
	told := 10*r.A >= 7*r.N && (r.A >= 50 || 10*r.K <= 9*r.A && 10*r.K >= r.A)
	if !told || r.A == 0 {
		return 0, false
	}
	return float64(r.K) / float64(r.A), true
}

// z is the 97.5 % point of the normal distribution: intervals are of 95 %.
const z = 1.959963984540054

// Wilson is the score interval of k among a (E. B. Wilson 1927; method 3 of
// R. G. Newcombe 1998), if it is chance who answered. Without answers it is
// all from 0 to 1.
func Wilson(k, a int64) Interval { return wilson(k, a, z) }

// WilsonFinite is Wilson for a room of n people as the whole population: the
// more of them answered, the less is unknown.
func WilsonFinite(k, a, n int64) Interval {
	if n <= 1 {
		return wilson(k, a, z)
	}
	return wilson(k, a, z*math.Sqrt(float64(n-a)/float64(n-1)))
}

func wilson(k, a int64, z float64) Interval {
	if a <= 0 {
		return Interval{0, 1}
	}
	n := float64(a)
	p := float64(k) / n
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Interval{max(0, centre-half), min(1, centre+half)}
}

// WilsonContinuous is Wilson with the continuity correction (Newcombe's method
// 4), wider, for comparison with tables that print it.
func WilsonContinuous(k, a int64) Interval {
	if a <= 0 {
		return Interval{0, 1}
	}
	n := float64(a)
	p := float64(k) / n
	b := Interval{0, 1}
	if k > 0 {
		b.Low = max(0, (2*n*p+z*z-1-z*math.Sqrt(z*z-2-1/n+4*p*(n*(1-p)+1)))/(2*(n+z*z)))
	}
	if k < a {
		b.High = min(1, (2*n*p+z*z+1+z*math.Sqrt(z*z+2-1/n+4*p*(n*(1-p)-1)))/(2*(n+z*z)))
	}
	return b
}

package disclose_test

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"

	"example.org/inloop/sync/disclose"
)

var enumerateAll = flag.Bool("all", false, "enumerate every state of 40 to 200 persons and every base to 300, and say what was found")

// numbers are the sizes of a pool that are tried: with -all every one to 200.
func numbers() []int64 {
	n := []int64{40, 41, 42, 44, 45, 49, 57, 80, 101}
	if *enumerateAll {
		n = nil
		for v := int64(40); v <= 200; v++ {
			n = append(n, v)
		}
	}
	return n
}

// offsets returns the offsets that round v differently: what the others show is shown
// by these.
func offsets(v int64) []disclose.Offset {
	if v%5 == 0 {
		return []disclose.Offset{0}
	}
	return []disclose.Offset{0, 4} // up, down
}

// states calls see for each state of n persons and each way to round it that is shown.
func states(n int64, l disclose.Limits, see func(exact, shown disclose.Reach)) {
	for a := range n + 1 {
		for k := range a + 1 {
			r := disclose.Reach{N: n, A: a, K: k}
			for _, un := range offsets(n) {
				for _, ua := range offsets(a) {
					for _, uk := range offsets(k) {
						if shown, ok := r.ShownBy(l, un, ua, uk); ok {
							see(r, shown)
						}
					}
				}
			}
		}
	}
}

// values is how many values of k, and of a-k, are possible behind a shown reach.
type values struct{ few, enough map[int64]bool }

// confined returns how few values of k or of a-k some shown numbers leave to one who
// knows n exactly and all about the rounding but the offsets, and which numbers those are.
func confined(n int64, l disclose.Limits) (least int, worst disclose.Reach) {
	behind := map[disclose.Reach]values{}
	states(n, l, func(exact, shown disclose.Reach) {
		v, ok := behind[shown]
		if !ok {
			v = values{map[int64]bool{}, map[int64]bool{}}
			behind[shown] = v
		}
		v.few[exact.K], v.enough[exact.A-exact.K] = true, true
	})
	least = 1 << 30
	for shown, v := range behind {
		if m := min(len(v.few), len(v.enough)); m < least {
			least, worst = m, shown
		}
	}
	return least, worst
}

// One who knows n learns neither k nor a-k nearer than to 7 values.
func TestReach_KeepsSevenValuesOfEachSide(t *testing.T) {
	all := 1 << 30
	for _, n := range numbers() {
		least, worst := confined(n, disclose.LimitsOfReach)
		if all = min(all, least); least < 7 {
			t.Errorf("n %d: shown %v leaves %d values", n, worst, least)
		}
	}
	t.Logf("at the least %d values of k or a-k, over %d sizes", all, len(numbers()))
}

// The threshold on the rounded numbers is what keeps them apart: without it the test
// above fails.
func TestReach_WithoutTheGapSomeNumbersTellTooMuch(t *testing.T) {
	least, worst := confined(41, disclose.LimitsOfReach.WithGap(-1))
	if least >= 5 {
		t.Errorf("n 41 leaves %d values without the gap (%v)", least, worst)
	}
	t.Logf("n 41, shown %v: %d values", worst, least)
}

// Every state, however its silent persons would answer, lies within what is told of it.
func TestReach_TheIntervalHoldsEveryState(t *testing.T) {
	pairs, below, above := 0, 0.0, 0.0
	for _, n := range numbers() {
		states(n, disclose.LimitsOfReach, func(exact, shown disclose.Reach) {
			pairs++
			i, most := shown.Interval(), exact.N-(exact.A-exact.K)
			if i.Low*exact.N > 100*exact.K || i.High*exact.N < 100*most || i.Low < 0 || i.High > 100 {
				t.Fatalf("%v is told as %v: %d-%d", exact, shown, i.Low, i.High)
			}
			below += 100*float64(exact.K)/float64(n) - float64(i.Low)
			above += float64(i.High) - 100*float64(most)/float64(n)
		})
	}
	t.Logf("%d pairs of state and rounding, none outside; %.1f points below the exact bound and %.1f above it on average",
		pairs, below/float64(pairs), above/float64(pairs))
}

// pairValues returns how few values of k some shown pair of the base leaves to one who
// knows the base.
func pairValues(base int64, show func(p disclose.Pair, ub, uk disclose.Offset) (disclose.Pair, bool)) int {
	behind := map[disclose.Pair]map[int64]bool{}
	for k := range base + 1 {
		for _, ub := range offsets(base) {
			for _, uk := range offsets(k) {
				if shown, ok := show(disclose.Pair{Base: base, K: k}, ub, uk); ok {
					if behind[shown] == nil {
						behind[shown] = map[int64]bool{}
					}
					behind[shown][k] = true
				}
			}
		}
	}
	least := 1 << 30
	for _, v := range behind {
		least = min(least, len(v))
	}
	return least
}

func TestPair_KeepsFiveValues(t *testing.T) {
	all := 1 << 30
	for base := int64(20); base <= 300; base++ {
		least := pairValues(base, disclose.Pair.Shown)
		if all = min(all, least); least < 5 {
			t.Errorf("base %d: some shown pair leaves %d values", base, least)
		}
	}
	t.Logf("at the least %d values of k over bases 20 to 300", all)

	without, loose := disclose.LimitsOfPair.WithGap(10), 0
	for base := int64(20); base <= 300; base++ {
		if pairValues(base, func(p disclose.Pair, ub, uk disclose.Offset) (disclose.Pair, bool) {
			s, ok := disclose.Reach{N: p.Base, A: p.Base, K: p.K}.ShownBy(without, ub, ub, uk)
			return disclose.Pair{Base: s.N, K: s.K}, ok
		}) < 5 {
			loose++
		}
	}
	if loose == 0 {
		t.Error("with a gap of 10 no pair tells too much: the test above sees nothing")
	}
	t.Logf("with a gap of 10 %d of 281 bases have a pair that leaves fewer than 5", loose)
}

func TestPair_TheIntervalHoldsEveryState(t *testing.T) {
	for base := int64(20); base <= 300; base++ {
		for k := range base + 1 {
			for _, ub := range offsets(base) {
				for _, uk := range offsets(k) {
					s, ok := disclose.Pair{Base: base, K: k}.Shown(ub, uk)
					if i := s.Interval(); ok && (i.Low*base > 100*k || i.High*base < 100*k) {
						t.Fatalf("%d of %d is told as %v: %d-%d", k, base, s, i.Low, i.High)
					}
				}
			}
		}
	}
}

// With the number of all new persons known exactly, a route is confined by what the
// others leave of it; only who would not say stands between.
func TestRoutes_FromEightyNewTheTotalTellsNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	confinedOf := func(total int) (cells, narrow int) {
		for range 2000 {
			n, notSaid := make([]int64, 5), int64(0)
			pick := []int{5} // who would not say, and some routes much more used than others
			for i := range n {
				pick = append(pick, slices.Repeat([]int{i}, 1+rng.IntN(5)*rng.IntN(5))...)
			}
			for range total {
				if i := pick[rng.IntN(len(pick))]; i < 5 {
					n[i]++
				} else {
					notSaid++
				}
			}
			u := make([]disclose.Offset, 5)
			for i := range u {
				u[i] = disclose.Offset(rng.IntN(5))
			}
			lows, sum := make([]int64, 5), int64(0)
			for i, v := range n { // as if any number of new persons were enough
				if v >= disclose.Smallest {
					lows[i] = max(disclose.Smallest, disclose.Round(v, u[i])-4)
				}
				sum += lows[i]
			}
			for i := range n {
				high := int64(7)
				if lows[i] > 0 {
					high = disclose.Round(n[i], u[i]) + 4
				}
				cells++
				if min(high, int64(total)-(sum-lows[i]))-lows[i]+1 < 5 {
					narrow++
				}
			}
		}
		return cells, narrow
	}
	cells, narrow := confinedOf(disclose.MinRoutes)
	if narrow*1000 > cells { // 0.0 %, read to one digit
		t.Errorf("%d of %d routes of 80 new have fewer than 5 values", narrow, cells)
	}
	few, narrow20 := confinedOf(20)
	if narrow20 == 0 {
		t.Errorf("none of %d routes of 20 new has fewer than 5 values: the test sees nothing", few)
	}
	t.Logf("fewer than 5 values: from 80 new %d of %d, from 20 new %d of %d", narrow, cells, narrow20, few)
}

// A fixed offset is what makes looking again useless: with a new one each quarter, a
// number that does not change is found within two years.
func TestOffset_ForEverTellsNothingMore(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	left := func(k int64, offset func(quarter int) disclose.Offset) int {
		values := map[int64]bool{}
		for v := k - 9; v <= k+9; v++ {
			values[v] = true
		}
		for q := range 8 {
			shown := disclose.Round(k, offset(q))
			for v := range values {
				if v < shown-4 || v > shown+4 {
					delete(values, v)
				}
			}
		}
		return len(values)
	}
	fresh, fixed := 0, 0
	const runs = 2000
	for range runs {
		k, u := 20+rng.Int64N(60), disclose.Offset(rng.IntN(5))
		if left(k, func(int) disclose.Offset { return disclose.Offset(rng.IntN(5)) }) < 5 {
			fresh++
		}
		if left(k, func(int) disclose.Offset { return u }) < 5 {
			fixed++
		}
	}
	if fixed > 0 || fresh < runs/2 {
		t.Errorf("fewer than 5 values left: fixed %d, fresh %d of %d", fixed, fresh, runs)
	}
	t.Logf("after 8 quarters fewer than 5 values are left in %d %% with fresh offsets, %d %% with one for ever", 100*fresh/runs, 100*fixed/runs)
}

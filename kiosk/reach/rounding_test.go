package reach_test

import (
	"fmt"
	"math"
	"testing"

	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

func TestRound(t *testing.T) {
	const cells = 5000
	for v := int64(8); v < 60; v++ {
		sum := 0.0
		for i := range cells {
			p := count.Period(fmt.Sprintf("cell %d", i))
			r := reach.Rounding{Key: []byte("a key"), Room: "room"}
			got := r.Round(v, count.MeasureReachN, p)
			switch {
			case got%5 != 0 || got < 10:
				t.Fatalf("%d reads %d: want a multiple of 5 from 10 up", v, got)
			case v < 10 && got != 10:
				t.Fatalf("%d reads %d, want 10", v, got)
			case v%5 == 0 && got != v:
				t.Fatalf("%d reads %d, want it as it is", v, got)
			case v >= 10 && (got <= v-5 || got >= v+5):
				t.Fatalf("%d reads %d: too far", v, got)
			case got < r.Round(v-1, count.MeasureReachN, p):
				t.Fatalf("%d reads less than %d does", v, v-1)
			case got != r.Round(v, count.MeasureReachN, p):
				t.Fatalf("%d reads differently the second time", v)
			}
			sum += float64(got)
		}
		if mean := sum / cells; v >= 10 && math.Abs(mean-float64(v)) > 0.15 {
			t.Errorf("%d reads %.2f on average", v, mean)
		}
	}
	if got := (reach.Rounding{}).Round(0, count.MeasureReachK, "2026Q3"); got != 0 {
		t.Errorf("0 reads %d", got)
	}
}

func TestRound_EachCellByItself(t *testing.T) {
	up := 0
	for i := range 400 {
		r := reach.Rounding{Key: []byte{byte(i)}, Room: fmt.Sprint(i / 256)}
		if r.Round(12, count.MeasureReachN, "2026Q3") != r.Round(12, count.MeasureReachA, "2026Q3") {
			up++
		}
	}
	// Two independent cells differ with chance 2·(2/5)·(3/5) = 48 %.
	if up < 140 || up > 245 {
		t.Errorf("two measures of one period differ in %d of 400 rooms, want about 192", up)
	}
}

// TestFigures_ReachIsOrdered looks at every exact triple near the thresholds:
// what is told is rounded, and no part outgrows its whole.
func TestFigures_ReachIsOrdered(t *testing.T) {
	for i := range 20 {
		f := facts("2026-12-01")
		f.Rounding.Key = []byte{byte(i)}
		for a := int64(20); a < 32; a++ {
			for k := int64(8); k <= a-8; k++ {
				tally := busy()
				tally.Unique, tally.N, tally.A, tally.K = a+1, a+1, a, k
				tally.New, tally.Regular = 0, 0
				got, err := tally.Figures("2026Q3", f)
				if err != nil {
					t.Fatal(err)
				}
				rn, ra, rk := got.ReachN.N, got.ReachA.N, got.ReachK.N
				if !got.ReachN.Known() || rk < 10 || rk > ra || ra > rn || rn%5+ra%5+rk%5 != 0 {
					t.Fatalf("n %d a %d k %d: told as %+v %+v %+v", a+1, a, k, got.ReachN, got.ReachA, got.ReachK)
				}
			}
		}
	}
}

package reach_test

import (
	"math"
	"testing"

	"example.org/inloop/kiosk/reach"
)

func near(a, b float64) bool { return math.Abs(a-b) < 0.00005 }

// TestWilson has values that go back to Newcombe 1998.
func TestWilson(t *testing.T) {
	none := reach.Interval{Low: -1, High: -1}
	tests := []struct {
		k, a                int64
		plain, continuously reach.Interval
	}{
		{81, 263, reach.Interval{Low: .2553, High: .3662}, reach.Interval{Low: .2535, High: .3682}},
		{15, 148, reach.Interval{Low: .0624, High: .1605}, reach.Interval{Low: .0598, High: .1644}},
		{0, 20, reach.Interval{Low: 0, High: .1611}, reach.Interval{Low: 0, High: .2005}},
		{1, 29, reach.Interval{Low: .0061, High: .1718}, reach.Interval{Low: .0018, High: .1963}},
		{29, 29, reach.Interval{Low: .8830, High: 1}, none},
		{23, 60, reach.Interval{Low: .2709, High: .5098}, reach.Interval{Low: .2635, High: .5181}},
		{0, 10, reach.Interval{Low: 0, High: .2775}, none},
		{1, 10, reach.Interval{Low: .0179, High: .4042}, none},
		{10, 10, reach.Interval{Low: .7225, High: 1}, none},
		{12, 31, reach.Interval{Low: .2373, High: .5618}, none},
		{0, 0, reach.Interval{Low: 0, High: 1}, reach.Interval{Low: 0, High: 1}},
	}
	for _, tt := range tests {
		if got := reach.Wilson(tt.k, tt.a); !near(got.Low, tt.plain.Low) || !near(got.High, tt.plain.High) {
			t.Errorf("%d of %d: %.4f, want %.4f", tt.k, tt.a, got, tt.plain)
		}
		if got := reach.WilsonContinuous(tt.k, tt.a); tt.continuously != none && (!near(got.Low, tt.continuously.Low) || !near(got.High, tt.continuously.High)) {
			t.Errorf("%d of %d, continuity: %.4f, want %.4f", tt.k, tt.a, got, tt.continuously)
		}
	}
	// The correction mirrors: what holds for none holds for all.
	none20, all20 := reach.WilsonContinuous(0, 20), reach.WilsonContinuous(20, 20)
	if !near(all20.Low, 1-none20.High) || all20.High != 1 {
		t.Errorf("20 of 20: %.4f, want the mirror of %.4f", all20, none20)
	}
}

// TestReach has a worked example: 74 came, 31 answered, 12 of
// them with few contacts.
func TestReach(t *testing.T) {
	r := reach.Reach{N: 74, A: 31, K: 12}
	if math.Round(100*r.Coverage()) != 42 || r.Unknown() != 43 {
		t.Errorf("coverage %.3f, unknown %d: want 42 %%, 43", r.Coverage(), r.Unknown())
	}
	for name, tt := range map[string]struct {
		got       reach.Interval
		low, high float64
	}{
		"bounds": {r.Bounds(), .162, .743},
		"wilson": {reach.Wilson(r.K, r.A), .237, .562},
		"finite": {reach.WilsonFinite(r.K, r.A, r.N), .268, .522},
	} {
		if math.Abs(tt.got.Low-tt.low) > .0005 || math.Abs(tt.got.High-tt.high) > .0005 {
			t.Errorf("%s: %.4f, want %.3f to %.3f", name, tt.got, tt.low, tt.high)
		}
	}
	if got := reach.WilsonFinite(12, 31, 31); got.Low != got.High {
		t.Errorf("everybody answered: %v, want one point", got)
	}
}

func TestReach_Share(t *testing.T) {
	tests := []struct {
		name string
		r    reach.Reach
		want float64 // -1 when it is not told
	}{
		{"70 % answered", reach.Reach{N: 50, A: 35, K: 14}, .4},
		{"under 70 %", reach.Reach{N: 55, A: 35, K: 14}, -1},
		{"all of a few", reach.Reach{N: 20, A: 20, K: 20}, -1},
		{"90 % of a few", reach.Reach{N: 40, A: 40, K: 36}, .9},
		{"over 90 % of a few", reach.Reach{N: 40, A: 40, K: 37}, -1},
		{"10 % of a few", reach.Reach{N: 40, A: 40, K: 4}, .1},
		{"under 10 % of a few", reach.Reach{N: 40, A: 40, K: 3}, -1},
		{"over 90 % of 50", reach.Reach{N: 50, A: 50, K: 48}, .96},
		{"nobody", reach.Reach{}, -1},
	}
	for _, tt := range tests {
		got, told := tt.r.Share()
		if !told {
			got = -1
		}
		if got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

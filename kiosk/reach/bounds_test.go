package reach_test

import (
	"math"
	"testing"

	"example.org/inloop/kiosk/reach"
)

// TestReach has a worked example: 74 came, 31 answered, 12 of
// them with few contacts.
func TestIsolated(t *testing.T) {
	r := reach.Isolated{N: 74, A: 31, K: 12}
	if math.Round(100*r.Coverage()) != 42 || r.Unknown() != 43 {
		t.Errorf("coverage %.3f, unknown %d: want 42 %%, 43", r.Coverage(), r.Unknown())
	}
	if got := r.Bounds(); math.Abs(got.Low-.162) > .0005 || math.Abs(got.High-.743) > .0005 {
		t.Errorf("bounds: %.4f, want 0.162 to 0.743", got)
	}
}

func TestIsolated_Share(t *testing.T) {
	tests := []struct {
		name string
		r    reach.Isolated
		want float64 // -1 when it is not told
	}{
		{"70 % answered", reach.Isolated{N: 50, A: 35, K: 14}, .4},
		{"under 70 %", reach.Isolated{N: 55, A: 35, K: 14}, -1},
		{"all of a few", reach.Isolated{N: 20, A: 20, K: 20}, -1},
		{"90 % of a few", reach.Isolated{N: 40, A: 40, K: 36}, .9},
		{"over 90 % of a few", reach.Isolated{N: 40, A: 40, K: 37}, -1},
		{"10 % of a few", reach.Isolated{N: 40, A: 40, K: 4}, .1},
		{"under 10 % of a few", reach.Isolated{N: 40, A: 40, K: 3}, -1},
		{"over 90 % of 50", reach.Isolated{N: 50, A: 50, K: 48}, .96},
		{"nobody", reach.Isolated{}, -1},
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

package disclose_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"example.org/inloop/sync/disclose"
)

// fits tells whether a number can be told so, by whatever offset.
func fits(v int64, told disclose.Figure) bool {
	for u := range disclose.Offset(5) {
		if disclose.Persons(v, u) == told {
			return true
		}
	}
	return false
}

// possible counts by trying them all how many values of a part fit what is told of the
// parts and of their sum.
func possible(parts []disclose.Figure, whole disclose.Figure, at int) (n int) {
	var others func(i int, total int64) bool
	others = func(i int, total int64) bool {
		if i == len(parts) {
			return fits(total, whole)
		}
		if i == at {
			return others(i+1, total)
		}
		for v := max(0, parts[i].N-4); v <= parts[i].N+7; v++ {
			if fits(v, parts[i]) && others(i+1, total+v) {
				return true
			}
		}
		return false
	}
	for v := max(0, parts[at].N-4); v <= parts[at].N+7; v++ {
		if fits(v, parts[at]) && others(0, v) {
			n++
		}
	}
	return n
}

// Two rooms and the number of both are three roundings of one sum: without the rule some
// tell a room within three values, with it none within fewer than five.
func TestSummed_LeavesNoPartFewerThanFiveValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	told, states := 0, 8000
	for range states {
		parts, total := make([]disclose.Figure, 2+rng.IntN(2)), int64(0)
		largest := []int64{12, 80}[rng.IntN(2)]
		for i := range parts {
			n := rng.Int64N(largest)
			total += n
			parts[i] = disclose.Persons(n, disclose.Offset(rng.IntN(5)))
		}
		whole := disclose.Persons(total, disclose.Offset(rng.IntN(5)))
		if whole.State != disclose.DisclosureShown || whole.N == 0 {
			continue
		}
		tells := false
		for i, p := range parts {
			tells = tells || p != disclose.FigureShown(0) && possible(parts, whole, i) < 5
		}
		withheld := disclose.Summed(whole, parts, len(parts))
		if tells != (len(withheld) == 1) {
			t.Fatalf("%v of %v: %v are withheld, want one: %t", parts, whole, withheld, tells)
		}
		if tells {
			told++
		}
	}
	if told == 0 {
		t.Error("no state told a part: the test sees nothing")
	}
	t.Logf("%d of %d states would tell a part within fewer than 5 values", told, states)
}

func TestSummed_WhichAreWithheld(t *testing.T) {
	shown, small := disclose.FigureShown, disclose.Figure{State: disclose.DisclosureSmall}
	withheld := disclose.Figure{State: disclose.DisclosureWithheld}
	for name, tt := range map[string]struct {
		whole   disclose.Figure
		parts   []disclose.Figure
		counted int
		want    []int
	}{
		"as far apart as can be":          {shown(120), []disclose.Figure{shown(60), shown(50)}, 2, []int{1}},
		"near":                            {shown(115), []disclose.Figure{shown(60), shown(50)}, 2, nil},
		"a small part that must be 7":     {shown(65), []disclose.Figure{shown(50), small}, 2, []int{1}},
		"a zero tells nothing of others":  {shown(55), []disclose.Figure{shown(0), shown(50)}, 2, []int{1}},
		"the whole is not told":           {withheld, []disclose.Figure{shown(60), shown(50)}, 2, nil},
		"a part is not told":              {shown(120), []disclose.Figure{shown(60), withheld}, 2, nil},
		"two of three were counted":       {shown(120), []disclose.Figure{shown(60), shown(50), shown(200)}, 2, []int{1}},
		"corrected since, nothing can be": {shown(300), []disclose.Figure{shown(60), shown(50)}, 2, nil},
		"five":                            {shown(120), []disclose.Figure{shown(20), shown(20), shown(20), shown(20), shown(20)}, 5, nil},
	} {
		if got := disclose.Summed(tt.whole, tt.parts, tt.counted); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v are withheld, want %v", name, got, tt.want)
		}
	}
}

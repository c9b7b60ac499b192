package central

import (
	"math/rand/v2"
	"testing"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// possible counts by trying them all how many values of a part fit what is told of the
// parts and of their sum, whatever the offsets.
func possible(parts []int64, sum int64, at int) (n int) {
	fits := func(v, shown int64) bool {
		for u := range disclose.Offset(5) {
			if v >= disclose.Smallest && disclose.Round(v, u) == shown {
				return true
			}
		}
		return false
	}
	var others func(i int, total int64) bool
	others = func(i int, total int64) bool {
		if i == len(parts) {
			return fits(total, sum)
		}
		if i == at {
			return others(i+1, total)
		}
		for v := parts[i] - 4; v <= parts[i]+4; v++ {
			if fits(v, parts[i]) && others(i+1, total+v) {
				return true
			}
		}
		return false
	}
	for v := parts[at] - 4; v <= parts[at]+4; v++ {
		if fits(v, parts[at]) && others(0, v) {
			n++
		}
	}
	return n
}

// Two rooms and the round's number of both are three roundings of one sum: without the
// rule some tell a room within three values, with it none within fewer than five.
func TestRelease_PartsAndSumTellNoRoomNearer(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	confined, withheld, states := 0, 0, 0
	for range 4000 {
		rooms := 2 + rng.IntN(2)
		var parts []int64
		places, total := make([]ReleasePlace, rooms), int64(0)
		for i := range places {
			n := 20 + rng.Int64N(60)
			total += n
			c := ReleaseCell{count.MeasureUnique, disclose.Persons(n, disclose.Offset(rng.IntN(5))), AbsenceNone}
			places[i].Cells, parts = []ReleaseCell{c}, append(parts, c.N)
		}
		persons := ReleaseCell{count.MeasureUnique, disclose.FigureShown(disclose.Round(total, disclose.Offset(rng.IntN(5)))), AbsenceNone}
		states++
		tells := false
		for i := range parts {
			n := possible(parts, persons.N, i)
			if n < tellsTooFew {
				tells = true
			}
			if least := leastValues(parts, persons.N); least > n {
				t.Fatalf("%v and %d: %d values are possible, reckoned with %d", parts, persons.N, n, least)
			}
		}
		withholdSummed(places, persons, rooms)
		gone := 0
		for _, p := range places {
			if p.Cells[0].Reason == AbsenceSummed {
				gone++
			}
		}
		switch {
		case tells && gone != 1:
			t.Fatalf("%v and %d tell a room, and %d are withheld", parts, persons.N, gone)
		case tells:
			confined++
		case gone > 0:
			withheld++
		}
	}
	if confined == 0 {
		t.Error("no state told a room: the test sees nothing")
	}
	if withheld > 0 {
		t.Errorf("%d withheld where nothing was told", withheld)
	}
	t.Logf("%d of %d states would tell a room within fewer than %d values", confined, states, tellsTooFew)
}

package central

import (
	"slices"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// tellsTooFew is how many values of a room's persons must at least stay possible beside
// what else is told, as of any single rounded number.
const tellsTooFew = 5

// maxSummed is of how many rooms a sum can leave one of them fewer values than that: of
// five or more it does so in none of 20,000 made-up organisations, of two in 1.4 % of cells.
const maxSummed = 4

// withholdSummed withholds the persons of the smallest room where those of some rooms and
// the round's number of all persons, which are roundings of the parts and of their sum,
// would together tell one room nearer than its own rounding does. Rooms are how many
// counted together: which of them did is no secret.
func withholdSummed(places []ReleasePlace, persons ReleaseCell, rooms int) {
	if persons.State != disclose.DisclosureShown || rooms < 2 || rooms > maxSummed {
		return
	}
	for {
		var shown []*ReleaseCell
		for i := range places {
			for j := range places[i].Cells {
				if c := &places[i].Cells[j]; c.Measure == count.MeasureUnique && c.State == disclose.DisclosureShown {
					shown = append(shown, c)
				}
			}
		}
		slices.SortStableFunc(shown, func(a, b *ReleaseCell) int { return int(a.N - b.N) })
		worst := -1
		for _, parts := range subsets(len(shown), rooms) {
			numbers := make([]int64, len(parts))
			for i, p := range parts {
				numbers[i] = shown[p].N
			}
			// None is possible where a room has corrected its persons since the round.
			if n := leastValues(numbers, persons.N); 0 < n && n < tellsTooFew {
				worst = parts[0] // the smallest: they are in order
				break
			}
		}
		if worst < 0 {
			return
		}
		*shown[worst] = withheldFor(count.MeasureUnique, AbsenceSummed)
	}
}

// subsets returns the ways to take k of n things, each in order.
func subsets(n, k int) (all [][]int) {
	if k == 0 {
		return [][]int{nil}
	}
	for last := k - 1; last < n; last++ {
		for _, s := range subsets(last, k-1) {
			all = append(all, append(s, last))
		}
	}
	return all
}

// leastValues returns how many values of one of the parts are possible at the least, when
// the parts were rounded to these numbers and their sum to that, by offsets that nobody
// knows: each exact number is within 4 of its rounded one.
func leastValues(parts []int64, sum int64) int {
	const off = 4
	low := func(n int64) int64 { return max(disclose.Smallest, n-off) }
	var lows, highs int64
	for _, p := range parts {
		lows, highs = lows+low(p), highs+p+off
	}
	least := int64(2*off + 1)
	for _, p := range parts {
		// v is possible if with some of the others it comes to something in the sum's range.
		from := max(low(p), low(sum)-(highs-(p+off)))
		to := min(p+off, sum+off-(lows-low(p)))
		least = min(least, to-from+1)
	}
	return int(max(0, least))
}

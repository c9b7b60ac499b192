package disclose

import "slices"

// How parts that are told beside their sum are kept apart.
const (
	leastValues = 5 // that each part keeps, as any single rounded number does
	maxSummed   = 4 // parts of which a sum can leave one fewer: of five in none of 20,000 made-up organisations
)

// Summed returns which of some parts are withheld, ascending, because those that are told
// and a whole that is the sum of counted of them, nobody's secret which, would tell one of
// them nearer than its own rounding does: of 54 and 54 told as 50 and 50, and 108 as 110,
// each is 52 to 54. It is the smallest of them, and so on until none is told nearer.
func Summed(whole Figure, parts []Figure, counted int) (withheld []int) {
	if whole.State != DisclosureShown || counted < 1 || counted > maxSummed {
		return nil
	}
	var told []int // ascending by number
	for i, p := range parts {
		if p.State == DisclosureSmall || p.State == DisclosureShown {
			told = append(told, i)
		}
	}
	slices.SortStableFunc(told, func(a, b int) int { return int(parts[a].low() - parts[b].low()) })
	for {
		worst := -1
		for _, subset := range subsets(len(told), counted) {
			of := make([]Figure, len(subset))
			for i, p := range subset {
				of[i] = parts[told[p]]
			}
			// None is possible where a part was corrected since the whole was told.
			if n := valuesLeft(whole, of); 0 < n && n < leastValues {
				worst = subset[slices.IndexFunc(of, func(f Figure) bool { return f.high() > 0 })]
				break
			}
		}
		if worst < 0 {
			slices.Sort(withheld)
			return withheld
		}
		withheld = append(withheld, told[worst])
		told = slices.Delete(told, worst, worst+1)
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

// valuesLeft returns how many values of one of the parts are possible at the least, when
// they and their sum are told so by offsets that nobody knows. A 0 is told as it is.
func valuesLeft(whole Figure, parts []Figure) int64 {
	var low, high int64
	for _, p := range parts {
		low, high = low+p.low(), high+p.high()
	}
	least := int64(leastValues)
	for _, p := range parts {
		if p.high() == 0 {
			continue
		}
		// v is possible if with some of the others it comes to something in the sum's range.
		from, to := max(p.low(), whole.low()-(high-p.high())), min(p.high(), whole.high()-(low-p.low()))
		least = min(least, to-from+1)
	}
	return max(0, least)
}

// low and high are between which numbers lies what is told as a number or as small.
func (f Figure) low() int64 {
	switch {
	case f.State == DisclosureSmall:
		return 1
	case f.N == 0:
		return 0
	}
	return max(Smallest, f.N-base+1)
}

func (f Figure) high() int64 {
	switch {
	case f.State == DisclosureSmall:
		return Smallest - 1
	case f.N == 0:
		return 0
	}
	return f.N + base - 1
}

package attacker_test

import "example.org/inloop/sync/disclose"

// relation is how the sum of some parts stands to a whole.
type relation int

// The relations.
const (
	relationIs      relation = iota // the parts are all of the whole
	relationAtMost                  // the sum of the parts is not above the whole
	relationAtLeast                 // nor below it
)

// apart tells whether a whole may be told beside parts whose sum stands so to it. Each is
// rounded by itself, so that together they may say more than one of them: of 54 and 54
// told as 50 and 50, and 108 as 110, each part is 52 to 54. False when a number would be
// left fewer than 5 values so; then none of the parts is told.
func apart(whole disclose.Figure, sum relation, parts ...disclose.Figure) bool {
	least, most := boundsOf(whole)
	low, high := int64(0), int64(0)
	for _, p := range parts {
		l, h := boundsOf(p)
		low, high = low+l, high+h
	}
	above, below := most, least // what the whole leaves the parts
	if sum != relationAtLeast {
		least = max(least, low)
	} else {
		above = farOff
	}
	if sum != relationAtMost {
		most = min(most, high)
	} else {
		below = 0
	}
	if most-least+1 < leastOfPool {
		return false
	}
	for _, p := range parts {
		l, h := boundsOf(p)
		if l < h && min(h, above-(low-l))-max(l, below-(high-h))+1 < leastOfPool {
			return false
		}
	}
	return true
}

// boundsOf returns between which numbers lies what is told so.
func boundsOf(f disclose.Figure) (low, high int64) {
	switch {
	case f.State == disclose.DisclosureSmall:
		return 1, disclose.Smallest - 1
	case f.State != disclose.DisclosureShown:
		return 0, farOff
	case f.N == 0:
		return 0, 0
	}
	return max(disclose.Smallest, f.N-4), f.N + 4
}

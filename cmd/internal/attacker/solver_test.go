package attacker_test

import (
	"math"
	"slices"
	"testing"
)

// knowledge is what somebody knows: of some whole numbers between which bounds each
// lies, and of some sums of them the same.
type knowledge struct {
	low, high []int64
	sums      []sum
	hint      []int64 // where to look first: it saves time and changes no answer
}

// unknown is one of the numbers, by its place.
type unknown int

// term is a number, so many times.
type term struct {
	of    unknown
	times int64
}

type sum struct {
	terms     []term
	low, high int64
}

// farOff bounds what has no bound of its own.
const farOff = 1 << 20

// between adds a number of which the bounds are known.
func (k *knowledge) between(low, high int64) unknown {
	k.low, k.high, k.hint = append(k.low, low), append(k.high, high), append(k.hint, low+(high-low)/2)
	return unknown(len(k.low) - 1)
}

// know adds that a sum lies between bounds.
func (k *knowledge) know(low, high int64, terms ...term) {
	k.sums = append(k.sums, sum{slices.Clone(terms), low, high})
}

// total is the numbers, each once.
func total(numbers ...unknown) (terms []term) {
	for _, n := range numbers {
		terms = append(terms, term{n, 1})
	}
	return terms
}

// less is the terms with the opposite sign.
func less(terms ...term) []term {
	terms = slices.Clone(terms)
	for i := range terms {
		terms[i].times = -terms[i].times
	}
	return terms
}

// bounds returns between what a sum lies, as far as the bounds of its numbers tell.
func (k *knowledge) bounds(terms []term) (low, high int64) {
	for _, t := range terms {
		if t.times > 0 {
			low, high = low+t.times*k.low[t.of], high+t.times*k.high[t.of]
		} else {
			low, high = low+t.times*k.high[t.of], high+t.times*k.low[t.of]
		}
	}
	return low, high
}

// narrow draws the bounds of all numbers together until no sum draws them further, and
// returns false when nothing is left of one.
func (k *knowledge) narrow() bool {
	for moved := true; moved; {
		moved = false
		for _, s := range k.sums {
			low, high := k.bounds(s.terms)
			if low > s.high || high < s.low {
				return false
			}
			if low >= s.low && high <= s.high {
				continue
			}
			for _, t := range s.terms {
				l, h := k.low[t.of], k.high[t.of]
				if t.times > 0 {
					// All others at their most, this one must reach s.low; at their least it
					// may not pass s.high.
					l, h = max(l, roundUp(s.low-(high-t.times*h), t.times)), min(h, roundDown(s.high-(low-t.times*l), t.times))
				} else {
					l, h = max(l, roundUp(s.high-(low-t.times*h), t.times)), min(h, roundDown(s.low-(high-t.times*l), t.times))
				}
				if l > h {
					return false
				}
				if l != k.low[t.of] || h != k.high[t.of] {
					k.low[t.of], k.high[t.of], moved = l, h, true
					low, high = k.bounds(s.terms)
				}
			}
		}
	}
	return true
}

// roundUp and roundDown divide, towards above and below.
func roundUp(n, by int64) int64 { return -roundDown(-n, by) }

func roundDown(n, by int64) int64 {
	q := n / by
	if n%by != 0 && (n < 0) != (by < 0) {
		q--
	}
	return q
}

// patience is how many times a number may be split for one answer. Without an answer by
// then the attacker has found nothing.
const patience = 400

// possible tells whether there are whole numbers that agree with all that is known.
func (k knowledge) possible() bool {
	left := patience
	return k.search(&left)
}

// search looks for any numbers, and where one of them is no whole one, for those with
// less and for those with more.
func (k knowledge) search(left *int) bool {
	k.low, k.high = slices.Clone(k.low), slices.Clone(k.high)
	if *left--; *left < 0 {
		return true
	}
	if !k.narrow() {
		return false
	}
	found, ok := newSimplex(k).solve()
	if !ok {
		return false
	}
	for i, x := range found {
		whole := math.Round(x)
		if math.Abs(x-whole) < tolerance {
			continue
		}
		lower, upper := k, k
		lower.high, upper.low = slices.Clone(k.high), slices.Clone(k.low)
		lower.high[i], upper.low[i] = int64(math.Floor(x)), int64(math.Ceil(x))
		return lower.search(left) || upper.search(left)
	}
	return true
}

// tolerance is how far a sum may be off: all coefficients are small whole numbers.
const tolerance = 1e-6

// simplex looks for numbers, whole or not, between bounds, of which sums lie between
// bounds too. After Dutertre and de Moura, A Fast Linear-Arithmetic Solver for DPLL(T)
// (CAV 2006): the numbers that are free to move stand in columns, those that follow in
// rows, and one out of bounds changes places with one that can make up for it.
type simplex struct {
	low, high, at []float64   // of the numbers, then of the sums
	rows          [][]float64 // each of a following one, by column
	row, column   []int       // which number stands there
}

func newSimplex(k knowledge) *simplex {
	n := len(k.low)
	s := &simplex{}
	for i := range n {
		s.low, s.high = append(s.low, float64(k.low[i])), append(s.high, float64(k.high[i]))
		s.at = append(s.at, float64(min(max(k.hint[i], k.low[i]), k.high[i])))
		s.column = append(s.column, i)
	}
	for i, sum := range k.sums {
		row, value := make([]float64, n), 0.0
		for _, t := range sum.terms {
			row[t.of] += float64(t.times)
		}
		for j, a := range row {
			value += a * s.at[j]
		}
		s.low, s.high, s.at = append(s.low, float64(sum.low)), append(s.high, float64(sum.high)), append(s.at, value)
		s.rows, s.row = append(s.rows, row), append(s.row, n+i)
	}
	return s
}

// solve returns the numbers, false when there are none.
func (s *simplex) solve() ([]float64, bool) {
	for {
		out := -1 // the first number that is out of bounds: so the search ends (Bland)
		for r, i := range s.row {
			if (s.at[i] < s.low[i]-tolerance || s.at[i] > s.high[i]+tolerance) && (out < 0 || i < s.row[out]) {
				out = r
			}
		}
		if out < 0 {
			return s.at[:len(s.column)], true
		}
		i := s.row[out]
		up := s.at[i] < s.low[i]
		in := -1
		for c, j := range s.column {
			a := s.rows[out][c]
			more := a > tolerance && up || a < -tolerance && !up
			fewer := a < -tolerance && up || a > tolerance && !up
			if (more && s.at[j] < s.high[j]-tolerance || fewer && s.at[j] > s.low[j]+tolerance) && (in < 0 || j < s.column[in]) {
				in = c
			}
		}
		if in < 0 {
			return nil, false
		}
		target := s.low[i]
		if !up {
			target = s.high[i]
		}
		s.swap(out, in, target)
	}
}

// swap lets the number of a row take its target, and change places with a column's.
func (s *simplex) swap(r, c int, target float64) {
	a := s.rows[r][c]
	i, j := s.row[r], s.column[c]
	step := (target - s.at[i]) / a
	s.at[i] = target
	s.at[j] += step
	for q, row := range s.rows {
		if q != r && row[c] != 0 {
			s.at[s.row[q]] += row[c] * step
		}
	}
	pivot := s.rows[r]
	for d := range pivot {
		pivot[d] /= -a
	}
	pivot[c] = 1 / a
	for q, row := range s.rows {
		b := row[c]
		if q == r || b == 0 {
			continue
		}
		row[c] = 0
		for d, p := range pivot {
			if row[d] += b * p; math.Abs(row[d]) < 1e-11 {
				row[d] = 0
			}
		}
	}
	s.row[r], s.column[c] = j, i
}

// values returns which values a sum can have, at most the first most of them.
func (k knowledge) values(most int, terms ...term) (all []int64) {
	k.low, k.high = slices.Clone(k.low), slices.Clone(k.high)
	if !k.narrow() {
		return nil
	}
	low, high := k.bounds(terms)
	for v := low; v <= high && len(all) < most; v++ {
		with := k
		with.sums = append(slices.Clone(k.sums), sum{terms, v, v})
		if with.possible() {
			all = append(all, v)
		}
	}
	return all
}

// The table of the handbook on statistical disclosure control: not rounded, each man and
// woman who answered yes of three places, from two tables of all and of some; what one
// table has and the other lacks is found by subtraction.
func TestSolver_FindsWhatTwoTablesDifferBy(t *testing.T) {
	all := [][2]int64{{52, 55}, {130, 140}, {39, 49}}
	some := [][2]int64{{50, 54}, {128, 140}, {39, 49}}
	want := [][2]int64{{2, 1}, {2, 0}, {0, 0}}
	find := func(low, high func(int64) int64) (exact int, found [][2]int64) {
		for i := range all {
			var two [2]int64
			for j := range all[i] {
				var k knowledge
				inner, rest := k.between(0, farOff), k.between(0, farOff)
				k.know(low(some[i][j]), high(some[i][j]), total(inner)...)
				k.know(low(all[i][j]), high(all[i][j]), total(inner, rest)...)
				left := k.values(20, total(rest)...)
				if len(left) == 1 {
					two[j] = left[0]
					exact++
				}
			}
			found = append(found, two)
		}
		return exact, found
	}
	same := func(n int64) int64 { return n }
	exact, found := find(same, same)
	if exact != 6 || !slices.Equal(found, want) {
		t.Errorf("not rounded: %d of 6 found, %v, want %v", exact, found, want)
	}
	// Rounded to 5, some up and some down by an offset that nobody knows.
	exact, _ = find(func(n int64) int64 { return (n+2)/5*5 - 4 }, func(n int64) int64 { return (n+2)/5*5 + 4 })
	if exact != 0 {
		t.Errorf("rounded: %d of 6 are found", exact)
	}
	t.Logf("not rounded %v is found, rounded nothing", found)
}

func TestSolver_CountsWhatIsLeft(t *testing.T) {
	var k knowledge
	x, y := k.between(0, 10), k.between(0, 10)
	k.know(15, 15, total(x, y)...)
	k.know(-1, 1, append(total(x), less(total(y)...)...)...)
	if got := k.values(20, total(x)...); !slices.Equal(got, []int64{7, 8}) {
		t.Errorf("x is one of %v, want 7 or 8", got)
	}
	k.know(2, 2, term{x, 2}, term{y, -2}) // x - y is odd, twice it is 2
	if got := k.values(20, total(x)...); !slices.Equal(got, []int64{8}) {
		t.Errorf("x is one of %v, want 8", got)
	}
	k.know(0, 5, total(y)...)
	if k.possible() {
		t.Error("what cannot be is possible")
	}
}

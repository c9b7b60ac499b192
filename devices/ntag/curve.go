package ntag

import "math/big"

// secp128r1 is the curve of the originality signature (SEC 2 v1, 2.4.1):
// y² = x³ - 3x + b over the field of p, with a generator of order n. The
// standard library has no curve so small. All that is computed on it is public,
// so nothing here needs to take constant time.
var secp128r1 = struct{ p, b, n, gx, gy *big.Int }{
	p:  number("FFFFFFFDFFFFFFFFFFFFFFFFFFFFFFFF"),
	b:  number("E87579C11079F43DD824993C2CEE5ED3"),
	n:  number("FFFFFFFE0000000075A30D1B9038A115"),
	gx: number("161FF7528B899B2D0C28607CA52C5B86"),
	gy: number("CF5AC8395BAFEB13C02DA292DDED7A83"),
}

func number(hex string) *big.Int {
	n, ok := new(big.Int).SetString(hex, 16)
	if !ok {
		panic("ntag: malformed constant " + hex)
	}
	return n
}

// point is a point of the curve in affine coordinates; nil in x is the one at
// infinity.
type point struct{ x, y *big.Int }

// onCurve tells whether the point's coordinates satisfy the equation.
func (a point) onCurve() bool {
	c := secp128r1
	left := new(big.Int).Mul(a.y, a.y)
	right := new(big.Int).Mul(a.x, a.x)
	right.Sub(right, big.NewInt(3)).Mul(right, a.x).Add(right, c.b)
	return left.Sub(left, right).Mod(left, c.p).Sign() == 0
}

// add gives the sum of two points.
func (a point) add(b point) point {
	switch {
	case a.x == nil:
		return b
	case b.x == nil:
		return a
	}
	p := secp128r1.p
	above, below := new(big.Int), new(big.Int)
	if a.x.Cmp(b.x) == 0 {
		if new(big.Int).Mod(new(big.Int).Add(a.y, b.y), p).Sign() == 0 {
			return point{}
		}
		above.Mul(a.x, a.x).Mul(above, big.NewInt(3)).Sub(above, big.NewInt(3))
		below.Lsh(a.y, 1)
	} else {
		above.Sub(b.y, a.y)
		below.Sub(b.x, a.x)
	}
	slope := above.Mul(above, below.ModInverse(below.Mod(below, p), p))
	slope.Mod(slope, p)
	x := new(big.Int).Mul(slope, slope)
	x.Sub(x, a.x).Sub(x, b.x).Mod(x, p)
	y := new(big.Int).Sub(a.x, x)
	y.Mul(y, slope).Sub(y, a.y).Mod(y, p)
	return point{x, y}
}

// times gives the point added k times.
func (a point) times(k *big.Int) point {
	var sum point
	for i := k.BitLen() - 1; i >= 0; i-- {
		sum = sum.add(sum)
		if k.Bit(i) == 1 {
			sum = sum.add(a)
		}
	}
	return sum
}

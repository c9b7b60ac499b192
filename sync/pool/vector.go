package pool

import (
	"encoding/binary"

	"example.org/inloop/sync/count"
	"example.org/inloop/sync/disclose"
)

// fewAnswers is with how many answers a room's are told at all: with fewer its sum
// would be nearly one person's.
const fewAnswers = 5

// Vector is what one room adds to a round: a number for each item of the period, then
// a rounding part for each.
type Vector []uint64

// NewVector returns the vector of a room. Numbers has what it counted; what it lacks is
// 0. With counts false, too few visits by badge, all numbers are 0. The key is the
// room's rounding key.
func NewVector(period count.PoolPeriod, numbers map[count.PoolItem]int64, counts bool, key []byte, organisation string) Vector {
	items := period.Items()
	v := make(Vector, 2*len(items))
	for i, item := range items {
		v[len(items)+i] = uint64(disclose.PoolOffset(key, organisation, string(item.Measure)))
		if !counts {
			continue
		}
		n := max(numbers[item], 0)
		if item.Measure == count.MeasureReachA || item.Measure == count.MeasureReachK {
			if numbers[count.PoolItem{Period: item.Period, Measure: count.MeasureReachA}] < fewAnswers {
				n = 0
			}
		}
		v[i] = uint64(n)
	}
	return v
}

// Items returns the numbers without the rounding parts.
func (v Vector) Items() []uint64 { return v[:len(v)/2] }

// bytes returns the numbers as they are sent: 8 bytes each, big-endian.
func (v Vector) bytes() []byte {
	b := make([]byte, 0, 8*len(v))
	for _, n := range v {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return b
}

// vectorOf reads what bytes wrote.
func vectorOf(b []byte) Vector {
	v := make(Vector, len(b)/8)
	for i := range v {
		v[i] = binary.BigEndian.Uint64(b[8*i:])
	}
	return v
}

// add adds each number of w, modulo 2^64.
func (v Vector) add(w Vector) {
	for i := range v {
		v[i] += w[i]
	}
}

func (v Vector) subtract(w Vector) {
	for i := range v {
		v[i] -= w[i]
	}
}

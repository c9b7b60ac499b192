package disclose

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"example.org/inloop/sync/count"
)

const (
	base   = 5  // to whose multiples numbers are rounded
	lowest = 10 // the lowest rounded number: a 5 could only be an 8 or a 9
)

// Smallest is the smallest number of persons or visits that is not hidden: below it
// stands "<8", but for 0 where that may be told.
const Smallest = 8

// Offset says from which remainder on a number is rounded up, 0 to 4. It belongs to
// one number and is the same in all periods: with a new one each period, a number that
// does not change is narrowed down to a few values within two years.
type Offset uint8

// NewOffset returns the offset that a sum of rounding parts comes to.
func NewOffset(sum uint64) Offset { return Offset(sum % base) }

// PoolOffset returns a room's rounding part of an item that is counted together with
// other rooms. The key is the room's own; the pool's offset is NewOffset of the sum of
// all rooms' parts.
func PoolOffset(key []byte, organisation, item string) Offset {
	return offset(key, "inloop-pool-round-1|"+organisation+"|"+item)
}

// ReleaseOffset returns the offset of a measure in a release. The key is the centre's;
// room is a room's id, or "*" for the whole organisation. Who is new and who is regular
// are rounded by the offset of all persons: in a room's first year everybody is new, and
// one number rounded by two offsets is left 4 values in a third of the years. So no part
// is ever told as more than its whole, either.
func ReleaseOffset(key []byte, organisation, room, measure string) Offset {
	switch count.Measure(measure) {
	case count.MeasureNew, count.MeasureRegular:
		measure = string(count.MeasureUnique)
	}
	return offset(key, "inloop-release-round-1|"+organisation+"|"+room+"|"+measure)
}

func offset(key []byte, label string) Offset {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(label))
	return NewOffset(binary.BigEndian.Uint64(mac.Sum(nil)))
}

// Round rounds v, 0 or more, to a multiple of 5 less than 5 away, but to 10 at least.
// It is monotone in v and leaves multiples of 5 from 10 up as they are.
func Round(v int64, u Offset) int64 {
	r := v % base
	v -= r
	if r > int64(u) {
		v += base
	}
	return max(v, lowest)
}

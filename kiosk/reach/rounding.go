package reach

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"example.org/inloop/sync/count"
)

const (
	base   = 5  // to which class C is rounded (R5)
	lowest = 10 // the lowest number ever shown: a 5 could only be an 8 or a 9
)

// Rounding rounds to a multiple of 5, up or down by a key that nobody outside
// the room holds. The same cell always rounds the same way, so that asking
// again tells nothing more, and on average over cells nothing is lost.
type Rounding struct {
	Key  []byte // from the room's key file
	Room string
}

// Round rounds v, a number that rule R4 let pass. It is monotone in v, leaves
// multiples of 5 from 10 up as they are, and returns 10 or more, but 0 for 0.
func (r Rounding) Round(v int64, m count.Measure, p count.Period) int64 {
	if v <= 0 {
		return 0
	}
	mac := hmac.New(sha256.New, r.Key)
	mac.Write([]byte(r.Room + "|" + string(m) + "|" + string(p)))
	u := int64(binary.BigEndian.Uint64(mac.Sum(nil)) % base)
	rest := v % base
	v -= rest
	if rest > u {
		v += base
	}
	return max(v, lowest)
}

// reach rounds the three numbers of class C, each by itself, and keeps the
// part from outgrowing the whole.
func (r Rounding) reach(t Tally, p count.Period) (n, a, k int64) {
	n = r.Round(t.N, count.MeasureReachN, p)
	a = min(r.Round(t.A, count.MeasureReachA, p), n)
	k = min(r.Round(t.K, count.MeasureReachK, p), a)
	return n, a, k
}

// enough is rule R4 for class C: of the persons who answered at least 20, and
// at least 8 on either side. Its limits on the share itself, 10 and 90 % of a
// base under 50, cannot be met by exact numbers that pass these; the centre, which
// shows the share, looks at them for the rounded ones.
func enough(a, k int64) bool { return a >= 20 && k >= 8 && a-k >= 8 }

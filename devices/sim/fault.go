package sim

import (
	"errors"
	"math/rand/v2"
)

// ErrBus is what a broken bus returns.
var ErrBus = errors.New("sim: bus error")

// MISO says how MISO stands when nobody drives it.
type MISO int

// MISO free, or held.
const (
	MISOFree MISO = iota
	MISOLow
	MISOHigh
)

// tooFast is the share of bytes that wires garble above their speed.
const tooFast = 0.05

// Defects are what can be wrong for a while, each on its own. The zero value is
// health.
type Defects struct {
	Bus   bool    // opening and every transfer fail with [ErrBus]
	MISO  MISO    // every read gives 00 or FF
	Gone  bool    // no chip: MISO reads FF, and it comes back freshly powered
	Deaf  bool    // no answer reaches the receiver
	Timer bool    // the MFRC522's timer stands still
	Loss  float64 // share of frames lost on the air, in each direction
	Flips float64 // share of bytes on the bus with one bit flipped, in each direction
	NoIRQ bool    // the interrupt pin stays high, as an unwired one does

	HoldsReset bool // the reset pin goes low, and not up again
}

// SetDefects replaces all defects.
func (b *board) SetDefects(f Defects) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f.Gone && !b.defects.Gone {
		b.chip.power(b.host.Clock.Now())
	}
	b.defects = f
}

// BrownOut dips the supply: the chip forgets what it was told and the field
// goes off.
func (b *board) BrownOut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.chip.power(b.host.Clock.Now())
}

func happens(r *rand.Rand, share float64) bool { return share > 0 && r.Float64() < share }

// flip disturbs a share of the bytes on their way.
func (b *board) flip(bytes []byte, share float64) []byte {
	if share == 0 {
		return bytes
	}
	out := append([]byte(nil), bytes...)
	for i := range out {
		if happens(b.rand, share) {
			out[i] ^= 1 << b.rand.IntN(8)
			b.cost.Flips++
		}
	}
	return out
}

package sim

import (
	"errors"
	"math/rand/v2"
)

// ErrBus is what a broken bus returns.
var ErrBus = errors.New("sim: bus error")

// Stuck says how MISO stands when nobody drives it.
type Stuck int

// MISO free, or held.
const (
	Free Stuck = iota
	Low
	High
)

// Faults are what can be wrong, each on its own. The zero value is health.
type Faults struct {
	Bus   bool    // opening and every transfer fail with [ErrBus]
	MISO  Stuck   // every read gives 00 or FF
	Gone  bool    // no chip: MISO reads FF, and it comes back freshly powered
	Deaf  bool    // no answer reaches the receiver
	Timer bool    // the chip's timer stands still
	Loss  float64 // share of frames lost on the air, in each direction
	Flips float64 // share of bytes on the bus with one bit flipped, in each direction
}

// SetFaults replaces all faults.
func (c *Chip) SetFaults(f Faults) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.Gone && !c.faults.Gone {
		c.powerOn()
	}
	c.faults = f
}

// BrownOut dips the supply: every register falls back to its reset value and
// the field goes off.
func (c *Chip) BrownOut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.powerOn()
}

func happens(r *rand.Rand, share float64) bool { return share > 0 && r.Float64() < share }

// flip disturbs one byte on the bus.
func (c *Chip) flip(b byte) byte {
	if happens(c.rand, c.faults.Flips) {
		b ^= 1 << c.rand.IntN(8)
	}
	return b
}

package sim

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Convention is what CollReg counts a collision's position from when known
// bits were sent along: the data sheet does not say.
type Convention int

// The three readings in use.
const (
	CountInLevel  Convention = iota // from the level's first bit
	CountReceived                   // from the first received bit
	CountInFIFO                     // from the first bit in the FIFO, RxAlign included
)

// Options are the points in which chips and hosts differ. The zero value is a
// genuine MFRC522 v2.0 on a host with batches.
type Options struct {
	Version    byte // of VersionReg, 0 for 92
	Collisions Convention
	ResetTime  time.Duration    // of a soft reset, 0 for 1 ms
	NoPackets  bool             // the host sends one frame a transfer only
	MaxTxSize  int              // bytes in a transfer, 0 for no limit
	Seed       uint64           // of losses and flips
	Lag        time.Duration    // from an answer's end on the air to its flags
	Forgets    []byte           // registers that keep their reset value, as clones do
	TimerRuns  bool             // the timer does not stop when an answer begins
	Now        func() time.Time // nil for time.Now
}

// Registers that the model gives a meaning to (data sheet 9.2, table 20).
const (
	rCommand    = 0x01
	rComIEn     = 0x02
	rComIrq     = 0x04
	rDivIrq     = 0x05
	rError      = 0x06
	rStatus1    = 0x07
	rStatus2    = 0x08
	rFIFOData   = 0x09
	rFIFOLevel  = 0x0A
	rControl    = 0x0C
	rBitFraming = 0x0D
	rColl       = 0x0E
	rMode       = 0x11
	rTxControl  = 0x14
	rTxASK      = 0x15
	rCRCHigh    = 0x21
	rCRCLow     = 0x22
	rTMode      = 0x2A
	rTPrescaler = 0x2B
	rTReloadH   = 0x2C
	rTReloadL   = 0x2D
	rVersion    = 0x37
)

// resets are the values after a reset that are not 00 (data sheet 9.3).
var resets = map[int]byte{
	rCommand: 0x20, rComIEn: 0x80, rComIrq: 0x14, rStatus1: 0x21, 0x0B: 0x08,
	rControl: 0x10, rColl: 0x20, rMode: 0x3F, rTxControl: 0x80, 0x16: 0x10, 0x17: 0x84,
	0x18: 0x84, 0x19: 0x4D, 0x1C: 0x62, 0x1F: 0xEB, rCRCHigh: 0xFF, rCRCLow: 0xFF,
	0x23: 0x88, 0x24: 0x26, 0x25: 0x87, 0x26: 0x48, 0x27: 0x88, 0x28: 0x20, 0x29: 0x20,
	0x33: 0x80, 0x36: 0x40,
}

// reserved registers may not be written (data sheet 9.1.1).
var reserved = map[int]bool{0x00: true, 0x0F: true, 0x10: true, 0x1A: true, 0x1B: true,
	0x1E: true, 0x20: true, 0x23: true, 0x25: true, 0x30: true, 0x3C: true, 0x3D: true,
	0x3E: true, 0x3F: true}

// Cost counts what the bus carried.
type Cost struct {
	Selects   int // chip select periods
	Transfers int // calls of the host, an ioctl each
	Bytes     int
}

// Chip is one simulated MFRC522. It is safe for concurrent use.
type Chip struct {
	mu      sync.Mutex
	field   *Field
	options Options
	rand    *rand.Rand
	faults  Faults

	reg     [64]byte
	fifo    []byte
	resetBy time.Time // soft reset is done
	air     exchange
	timerAt time.Time // zero: stopped

	cost        Cost
	violations  []string
	lastAnswer  time.Time
	lastRequest time.Time
}

// NewChip makes a freshly powered chip that works in the field.
func NewChip(f *Field, o Options) *Chip {
	if o.Version == 0 {
		o.Version = 0x92
	}
	if o.ResetTime == 0 {
		o.ResetTime = time.Millisecond
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	f.mu.Lock()
	f.now = o.Now
	f.mu.Unlock()
	c := &Chip{field: f, options: o, rand: rand.New(rand.NewPCG(o.Seed, 0x522))}
	c.powerOn()
	return c
}

// Cost gives what the bus carried since the last call.
func (c *Chip) Cost() Cost {
	c.mu.Lock()
	defer c.mu.Unlock()
	cost := c.cost
	c.cost = Cost{}
	return cost
}

// Violations lists what the host did against data sheet or standard, at most
// the first hundred.
func (c *Chip) Violations() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.violations...)
}

func (c *Chip) violate(format string, args ...any) {
	// Flipped bits are the bus's doing, not the host's.
	if len(c.violations) < 100 && c.faults.Flips == 0 {
		c.violations = append(c.violations, fmt.Sprintf(format, args...))
	}
}

// powerOn puts every register to its reset value; the field goes off.
func (c *Chip) powerOn() {
	c.reg = [64]byte{}
	for r, v := range resets {
		c.reg[r] = v
	}
	c.reg[rVersion] = c.options.Version
	c.fifo = nil
	c.air = exchange{}
	c.timerAt = time.Time{}
	c.resetBy = time.Time{}
	c.field.power(false)
}

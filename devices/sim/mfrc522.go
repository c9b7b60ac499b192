package sim

import "time"

// Convention is what CollReg counts a collision's position from when known
// bits were sent along: the data sheet does not say.
type Convention int

// The three readings in use.
const (
	ConventionInLevel  Convention = iota // from the level's first bit
	ConventionReceived                   // from the first received bit
	ConventionInFIFO                     // from the first bit in the FIFO, RxAlign included
)

// MFRC522Options are the points in which such chips differ. The zero value is a
// genuine MFRC522 v2.0.
type MFRC522Options struct {
	Host
	Version    byte // of VersionReg, 0 for 92
	Collisions Convention
	ResetTime  time.Duration // of a reset, 0 for 1 ms
	Lag        time.Duration // from an answer's end on the air to its flags
	Forgets    []byte        // registers that keep their reset value, as clones do
	TimerRuns  bool          // the timer does not stop when an answer begins
}

// Registers that the model gives a meaning to (data sheet 9.2, table 20).
const (
	rCommand    = 0x01
	rComIEn     = 0x02
	rComIrq     = 0x04
	rDivIEn     = 0x03
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
	rRFCfg      = 0x26
	rTMode      = 0x2A
	rTPrescaler = 0x2B
	rTReloadH   = 0x2C
	rTReloadL   = 0x2D
	rAutoTest   = 0x36
	rVersion    = 0x37
)

// resets are the values after a reset that are not 00 (data sheet 9.3).
var resets = map[int]byte{
	rCommand: 0x20, rComIEn: 0x80, rComIrq: 0x14, rStatus1: 0x21, 0x0B: 0x08,
	rControl: 0x10, rColl: 0x20, rMode: 0x3F, rTxControl: 0x80, 0x16: 0x10, 0x17: 0x84,
	0x18: 0x84, 0x19: 0x4D, 0x1C: 0x62, 0x1F: 0xEB, rCRCHigh: 0xFF, rCRCLow: 0xFF,
	0x23: 0x88, 0x24: 0x26, 0x25: 0x87, rRFCfg: 0x48, 0x27: 0x88, 0x28: 0x20, 0x29: 0x20,
	0x33: 0x80, rAutoTest: 0x40,
}

// reserved registers may not be written (data sheet 9.1.1).
var reserved = map[int]bool{0x00: true, 0x0F: true, 0x10: true, 0x1A: true, 0x1B: true,
	0x1E: true, 0x20: true, 0x23: true, 0x25: true, 0x30: true, 0x3C: true, 0x3D: true,
	0x3E: true, 0x3F: true}

// MFRC522 is one simulated MFRC522 on its board. It is safe for concurrent use.
type MFRC522 struct {
	board
	field   *Field
	options MFRC522Options

	reg     [64]byte
	fifo    []byte
	memory  [25]byte  // the internal buffer, which survives a soft reset
	resetBy time.Time // reset is done
	held    bool      // the reset pin is low
	latched bool      // takes no writes until a hard reset
	deaf    bool      // hears nothing until any reset
	errors  byte      // of ErrorReg, that every answer comes with
	noise   bits      // that the receiver takes for an answer to every frame
	air     exchange
	timerAt time.Time // zero: stopped

	lastAnswer  time.Time
	lastRequest time.Time
}

var _ silicon = (*MFRC522)(nil)

// NewMFRC522 makes a freshly powered chip that works in the field.
func NewMFRC522(f *Field, o MFRC522Options) *MFRC522 {
	if o.Version == 0 {
		o.Version = 0x92
	}
	if o.ResetTime == 0 {
		o.ResetTime = time.Millisecond
	}
	c := &MFRC522{field: f, options: o}
	c.plugIn(c, f, o.Host)
	return c
}

// Latch makes the chip ignore every write, as after a discharge, until the
// reset pin or the supply ends that.
func (c *MFRC522) Latch() { c.strike(func() { c.latched = true }) }

// GoDeaf lets no answer reach the receiver until any reset.
func (c *MFRC522) GoDeaf() { c.strike(func() { c.deaf = true }) }

// StickCrypto switches the cipher of MIFARE Classic on, in which no card
// understands the chip (data sheet 9.3.1.9, MFCrypto1On).
func (c *MFRC522) StickCrypto() { c.strike(func() { c.reg[rStatus2] |= crypto1On }) }

// Mishear lets every answer come with these bits of ErrorReg (data sheet
// 9.3.1.7), though its bytes look well, until it is called with 0.
func (c *MFRC522) Mishear(errors byte) { c.strike(func() { c.errors = errors }) }

// Hiss lets the receiver take so many bits of noise for the answer to every
// frame; 0 bits are an answer with nothing in the FIFO. Less than 0 ends it.
func (c *MFRC522) Hiss(n int) {
	c.strike(func() {
		c.noise = nil
		if n >= 0 {
			c.noise = bitsOf([]byte{0x55, 0x33, 0x55, 0x33, 0x55, 0x33, 0x55, 0x33})[:n:n]
		}
	})
}

// Disturb puts another value into a register, as a discharge may.
func (c *MFRC522) Disturb(register, value byte) {
	c.strike(func() { c.reg[register&0x3F] = value })
}

// Register is what a register holds.
func (c *MFRC522) Register(register byte) (value byte) {
	c.strike(func() { value = c.reg[register&0x3F] })
	return value
}

func (c *MFRC522) strike(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	do()
}

func (c *MFRC522) power(time.Time) {
	c.latched, c.held = false, false
	c.memory = [25]byte{}
	c.powerOn()
}

func (c *MFRC522) reset(low bool, now time.Time) {
	if low != c.held {
		c.power(now)
		c.resetBy = now.Add(c.options.ResetTime)
	}
	c.held = low
}

// irq is a level, not an edge (data sheet 8.3, 9.3.1.3): it stays until the
// host clears its flags.
func (c *MFRC522) irq(now time.Time) bool {
	c.advance(now)
	raised := c.reg[rComIrq]&c.reg[rComIEn]&0x7F != 0 || c.reg[rDivIrq]&c.reg[rDivIEn]&0x14 != 0
	inverted := c.reg[rComIEn]&0x80 != 0
	return raised == inverted
}

// frame is one chip select period (data sheet 8.1.2).
func (c *MFRC522) frame(w []byte, now time.Time, _ time.Duration) []byte {
	r := make([]byte, len(w))
	if c.held {
		return r
	}
	if w[0]&0x01 != 0 {
		c.violate("address byte %02X: bit 0 is set", w[0])
	}
	if w[0]&0x80 == 0 && !c.latched {
		for _, v := range w[1:] {
			c.write(int(w[0]>>1&0x3F), v, now)
		}
	}
	for i := 1; i < len(w) && w[i-1]&0x80 != 0; i++ {
		// MISO answers a byte late; 00 ends the frame.
		r[i] = c.read(int(w[i-1]>>1&0x3F), now)
	}
	return r
}

// powerOn puts every register to its reset value; the field goes off.
func (c *MFRC522) powerOn() {
	c.reg = [64]byte{}
	for r, v := range resets {
		c.reg[r] = v
	}
	c.reg[rVersion] = c.options.Version
	c.fifo = nil
	c.deaf = false
	c.air = exchange{}
	c.timerAt = time.Time{}
	c.resetBy = time.Time{}
	c.field.power(false)
}

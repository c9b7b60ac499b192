package main

import (
	"sync"
	"time"
)

// airChip is a second model of the MFRC522, written from the data sheet alone
// and sharing nothing with package sim, in real time.
type airChip struct {
	airHabits

	mu    sync.Mutex
	reg   [64]byte
	fifo  []byte
	cards []*airCard

	awake time.Time // until then it comes out of its reset

	// One exchange: what is to come, zero when nothing is.
	answer  []bool
	clash   int // first bit of the answer that collides, from 1; 0 for none
	align   int
	known   int // bits of the UID part that were sent along
	arrives time.Time
	expires time.Time

	begun, reading bool // of the SPI frame
	at             byte
}

// airHabits is in what chips and models of them may differ.
type airHabits struct {
	version    byte
	reset      time.Duration // how long a reset takes
	slow       int           // times the air's own time, 0 for 1
	late       time.Duration // from the air to the flags, with the timer stopped
	runsOn     bool          // an answer does not stop the timer
	collisions string        // what CollPos counts from: "uid", "answer" or "fifo"
	lastBits   bool          // RxLastBits counts received bits, not those of the byte
	keepsAfter bool          // bits after a collision are not cleared
}

// Registers by their addresses (data sheet, table 20).
const (
	airCommand    = 0x01
	airComIrq     = 0x04
	airError      = 0x06
	airFIFO       = 0x09
	airLevel      = 0x0A
	airControl    = 0x0C
	airBitFraming = 0x0D
	airColl       = 0x0E
	airTxControl  = 0x14
	airTMode      = 0x2A
	airVersion    = 0x37
)

func newAirChip(h airHabits) *airChip {
	if h.version == 0 {
		h.version = 0x92
	}
	h.slow = max(h.slow, 1)
	c := &airChip{airHabits: h}
	c.restart()
	return c
}

// lay puts these cards, and no others, into the field.
func (c *airChip) lay(cards ...*airCard) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, card := range cards {
		card.powerless()
	}
	c.cards = cards
}

// ready tells whether the driver has set the chip up.
func (c *airChip) ready() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reg[airTxControl]&3 == 3 && c.reg[airTMode]&0x80 != 0
}

func (c *airChip) restart() {
	c.reg = [64]byte{
		0x01: 0x20, 0x02: 0x80, 0x04: 0x14, 0x07: 0x21, 0x0B: 0x08, 0x0C: 0x10, 0x0E: 0x20, 0x11: 0x3F, 0x14: 0x80,
		0x16: 0x10, 0x17: 0x84, 0x18: 0x84, 0x19: 0x4D, 0x1C: 0x62, 0x1F: 0xEB, 0x21: 0xFF, 0x22: 0xFF, 0x23: 0x88,
		0x24: 0x26, 0x25: 0x87, 0x26: 0x48, 0x27: 0x88, 0x28: 0x20, 0x29: 0x20, 0x33: 0x80, 0x36: 0x40, 0x37: c.version,
	}
	c.fifo, c.answer, c.arrives, c.expires = nil, nil, time.Time{}, time.Time{}
	c.awake = time.Now().Add(c.reset)
	for _, card := range c.cards {
		card.powerless()
	}
}

// selects begins a frame: chip select falls.
func (c *airChip) selects() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begun = false
}

// shift takes one byte and gives the one that leaves at the same time.
func (c *airChip) shift(mosi byte) (miso byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	address := mosi >> 1 & 0x3F
	switch {
	case !c.begun:
		c.begun, c.reading, c.at = true, mosi&0x80 != 0, address
		return 0xA5 // undefined
	case c.reading:
		miso = c.read(c.at)
		c.at = address
		return miso
	default:
		c.write(c.at, mosi)
		return 0xA5
	}
}

func (c *airChip) read(address byte) byte {
	c.catchUp(time.Now())
	switch address {
	case airCommand:
		if time.Now().Before(c.awake) {
			return c.reg[airCommand] | 0x10
		}
	case airFIFO:
		if len(c.fifo) == 0 {
			return 0x5A // junk
		}
		b := c.fifo[0]
		c.fifo = c.fifo[1:]
		return b
	case airLevel:
		return byte(len(c.fifo))
	}
	return c.reg[address]
}

func (c *airChip) write(address, value byte) {
	c.catchUp(time.Now())
	switch address {
	case airCommand:
		c.command(value)
	case airComIrq:
		if value&0x80 != 0 {
			c.reg[airComIrq] |= value & 0x7F
		} else {
			c.reg[airComIrq] &^= value
		}
	case airFIFO:
		if len(c.fifo) == 64 {
			c.reg[airError] |= 0x10
			return
		}
		c.fifo = append(c.fifo, value)
	case airLevel:
		if value&0x80 != 0 {
			c.fifo = nil
			c.reg[airError] &^= 0x10
		}
	case airBitFraming:
		c.reg[address] = value & 0x7F
		if value&0x80 != 0 && c.reg[airCommand]&0x0F == 0x0C {
			c.send(time.Now())
		}
	case airTxControl:
		if c.reg[address]&3 == 3 && value&3 != 3 {
			for _, card := range c.cards {
				card.powerless()
			}
		}
		c.reg[address] = value
	case airError, 0x07, airVersion: // read only
	case airColl:
		c.reg[address] = c.reg[address]&0x3F | value&0x80
	default:
		c.reg[address] = value
	}
}

func (c *airChip) command(value byte) {
	switch value & 0x0F {
	case 0x07:
		return
	case 0x0F:
		c.restart()
		return
	case 0x00:
		c.arrives, c.answer = time.Time{}, nil
	default:
		c.reg[airError] &= 0x40
	}
	c.reg[airCommand] = value & 0x3F
}

// send puts the FIFO on the air and works out what comes back, and when.
func (c *airChip) send(now time.Time) {
	framing := c.reg[airBitFraming]
	frame := unpacked(c.fifo)
	if last := int(framing & 7); last != 0 && len(frame) >= 8 {
		frame = frame[:len(frame)-8+last]
	}
	c.fifo, c.align, c.known = nil, int(framing>>4&7), max(len(frame)-16, 0)
	c.answer, c.clash = nil, 0
	if c.reg[airTxControl]&3 == 3 {
		for _, card := range c.cards {
			c.mix(card.hear(frame))
		}
	}
	sent := now.Add(c.air(len(frame) + 2))
	c.reg[airComIrq] |= 0x40
	c.arrives, c.expires = time.Time{}, time.Time{}
	if c.reg[airTMode]&0x80 != 0 {
		ticks := (int(c.reg[0x2C])<<8 | int(c.reg[0x2D])) + 1
		prescaler := 2*(int(c.reg[airTMode]&0x0F)<<8|int(c.reg[0x2B])) + 1
		c.expires = sent.Add(time.Duration(c.slow) * time.Duration(float64(ticks*prescaler)/13.56e6*1e9))
	}
	if c.answer != nil {
		begins := sent.Add(time.Duration(c.slow) * 90 * time.Microsecond)
		c.arrives = begins.Add(c.air(len(c.answer) + 2)).Add(c.late)
		if !c.runsOn && begins.Add(c.air(5)).Before(c.expires) {
			c.expires = time.Time{}
		}
	}
}

// mix lays another card's answer over those already heard.
func (c *airChip) mix(other []bool) {
	if other == nil {
		return
	}
	if c.answer == nil {
		c.answer = append([]bool{}, other...)
		return
	}
	for i := range min(len(other), len(c.answer)) {
		if c.answer[i] != other[i] {
			c.answer[i] = true
			if c.clash == 0 || i+1 < c.clash {
				c.clash = i + 1
			}
		}
	}
}

// air is how long so many bits take, with a parity bit to each eight.
func (c *airChip) air(bits int) time.Duration {
	return time.Duration(c.slow) * time.Duration(bits+bits/8) * 9440 * time.Nanosecond
}

// catchUp brings about what was to come by now.
func (c *airChip) catchUp(now time.Time) {
	if !c.expires.IsZero() && now.After(c.expires) {
		c.expires = time.Time{}
		c.reg[airComIrq] |= 0x01
	}
	if c.arrives.IsZero() || now.Before(c.arrives) {
		return
	}
	c.arrives = time.Time{}
	if c.clash != 0 && !c.keepsAfter {
		clear(c.answer[c.clash-1:])
	}
	c.fifo = packed(append(make([]bool, c.align), c.answer...))
	last := len(c.answer) + c.align
	if c.lastBits {
		last = len(c.answer)
	}
	c.reg[airControl] = c.reg[airControl]&^7 | byte(last%8)
	c.reg[airColl] = c.reg[airColl]&0x80 | 0x20
	c.reg[airComIrq] |= 0x20
	if c.clash == 0 {
		return
	}
	position := c.clash
	switch c.collisions {
	case "uid":
		position += c.known
	case "fifo":
		position += c.align
	}
	if position <= 32 {
		c.reg[airColl] = c.reg[airColl]&0x80 | byte(position&0x1F)
	}
	c.reg[airError] |= 0x08
	c.reg[airComIrq] |= 0x02
}

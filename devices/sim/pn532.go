package sim

import (
	mathbits "math/bits"
	"time"
)

// PN532Options are the points in which such chips differ. The zero value is one
// of firmware 1.6 that leads its frames with one zero.
type PN532Options struct {
	Host
	Firmware [4]byte       // 0 for 32 01 06 07
	Lead     int           // zeros before the start code, 0 for 2
	Latency  time.Duration // from a frame to its acknowledgement, 0 for 0.5 ms
	// Halts makes a listing begin with REQA in the place of WUPA, so that it
	// does not find a card again that the search for a second one has halted:
	// the manual does not say which.
	Halts bool
	// Impatient answers a listing that finds nobody at once, whatever retries
	// were asked for.
	Impatient bool
	// Coarse refuses to list a card by its number.
	Coarse bool
}

// PN532 is one simulated PN532 on its board (user manual UM0701-02), with the
// field that it works in. What it does while nobody looks is reckoned when
// somebody does. It is safe for concurrent use.
type PN532 struct {
	board
	field   *Field
	options PN532Options

	awake  bool // out of LowVbat: chip select was low for long enough
	sam    bool // SAMConfiguration came: targets may be listed
	useIRQ bool
	auto   bool // auto-RATS
	tries  int  // of a listing, 0 for as many as it takes
	held   bool // the reset pin is low
	hung   bool // answers nothing until a hard reset
	spoil  int  // answers that go out damaged

	out     []byte    // what waits to be read
	outAt   time.Time // from when
	acked   bool      // out is the acknowledgement
	answer  func(now time.Time) (frame []byte, at time.Time)
	last    []byte // answer, for NACK
	targets []*Card
}

var _ silicon = (*PN532)(nil)

// First bytes of a frame (user manual 6.2.5).
const (
	opWrite  = 0x01
	opStatus = 0x02
	opRead   = 0x03

	lowest = 1900 * time.Microsecond // of chip select, to wake the chip
)

// NewPN532 makes a freshly powered chip that works in the field.
func NewPN532(f *Field, o PN532Options) *PN532 {
	if o.Firmware == [4]byte{} {
		o.Firmware = [4]byte{0x32, 0x01, 0x06, 0x07}
	}
	if o.Lead == 0 {
		o.Lead = 2
	}
	if o.Latency == 0 {
		o.Latency = 500 * time.Microsecond
	}
	c := &PN532{field: f, options: o}
	c.plugIn(c, f, o.Host)
	return c
}

// Hang makes the chip answer nothing until the reset pin or the supply ends that.
func (c *PN532) Hang() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hung = true
}

// Spoil damages the next n answers: each can be had again by NACK.
func (c *PN532) Spoil(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spoil = n
}

func (c *PN532) power(time.Time) {
	c.awake, c.sam, c.useIRQ, c.auto, c.tries, c.held, c.hung = false, false, false, true, 0, false, false
	c.out, c.answer, c.last, c.targets = nil, nil, nil, nil
	c.field.power(false)
}

func (c *PN532) reset(low bool, now time.Time) {
	if low != c.held {
		c.power(now)
	}
	c.held = low
}

// irq is low while something waits (user manual 3.1.3.1).
func (c *PN532) irq(now time.Time) bool { return c.useIRQ && c.ready(now) }

// ready tells whether something waits to be read.
func (c *PN532) ready(now time.Time) bool {
	if c.hung || c.held || !c.awake {
		return false
	}
	if c.out == nil && c.answer != nil && !c.acked {
		if frame, at := c.answer(now); frame != nil {
			c.out, c.outAt, c.answer, c.last = frame, at, nil, frame
		}
	}
	return c.out != nil && !now.Before(c.outAt)
}

// frame is one chip select period. Bits come lowest first.
func (c *PN532) frame(w []byte, now time.Time, span time.Duration) []byte {
	r := make([]byte, len(w))
	if c.hung || c.held {
		return r
	}
	if !c.awake {
		c.awake = span >= lowest
		return r
	}
	in := make([]byte, len(w))
	for i, v := range w {
		in[i] = mathbits.Reverse8(v)
	}
	out := make([]byte, len(w))
	switch in[0] {
	case opWrite:
		c.take(in[1:], now)
	case opStatus:
		for i := 1; i < len(out); i++ {
			if c.ready(now) {
				out[i] = 1
			}
		}
	case opRead:
		c.give(out[1:], now)
	}
	for i, v := range out {
		r[i] = mathbits.Reverse8(v)
	}
	return r
}

// give is a data read. A frame that is cut short cannot be resumed, but asked
// for again.
func (c *PN532) give(into []byte, now time.Time) {
	if !c.ready(now) {
		c.violate("read of %d bytes while nothing is ready", len(into))
		return
	}
	frame := c.out
	if !c.acked && c.spoil > 0 {
		c.spoil--
		frame = append([]byte(nil), frame...)
		frame[len(frame)-3] ^= 0x10
	}
	copy(into, frame)
	c.out = nil
	if c.acked {
		c.acked = false
	}
}

// take is a data write: an acknowledgement, its contrary, or a command.
func (c *PN532) take(b []byte, now time.Time) {
	at := -1
	for i := 0; i+1 < len(b); i++ {
		if b[i] == 0x00 && b[i+1] == 0xFF {
			at = i + 2
			break
		}
	}
	if at < 0 || len(b) < at+2 {
		c.violate("write of no frame")
		return
	}
	switch n, check := b[at], b[at+1]; {
	case n == 0x00 && check == 0xFF: // ACK of the host: what runs is over
		c.out, c.answer, c.acked = nil, nil, false
	case n == 0xFF && check == 0x00: // NACK
		c.out, c.outAt, c.acked = c.last, now.Add(c.options.Latency), false
	case n+check != 0 || int(n) < 2 || len(b) < at+2+int(n)+1:
		c.violate("command of a wrong length")
	default:
		body := b[at+2 : at+2+int(n)]
		if total(body)+b[at+2+int(n)] != 0 || body[0] != 0xD4 {
			c.violate("command with a wrong checksum")
			return
		}
		c.begin(body[1], body[2:], now)
	}
}

// begin acknowledges a command and lets it run.
func (c *PN532) begin(code byte, parameters []byte, now time.Time) {
	if c.out != nil || c.answer != nil {
		c.violate("command %02X while %s waits", code, map[bool]string{true: "an acknowledgement", false: "an answer"}[c.acked])
	}
	c.out, c.outAt, c.acked, c.last = []byte{0, 0, 0xFF, 0, 0xFF, 0}, now.Add(c.options.Latency), true, nil
	c.answer = c.run(code, append([]byte(nil), parameters...), now.Add(c.options.Latency))
}

// wrap makes the frame of an answer.
func (c *PN532) wrap(code byte, data ...byte) []byte {
	body := append([]byte{0xD5, code + 1}, data...)
	frame := append(make([]byte, c.options.Lead-1), 0x00, 0xFF)
	if len(body) > 255 {
		frame = append(frame, 0xFF, 0xFF, byte(len(body)>>8), byte(len(body)), -(byte(len(body)>>8) + byte(len(body))))
	} else {
		frame = append(frame, byte(len(body)), -byte(len(body)))
	}
	frame = append(frame, body...)
	return append(frame, -total(body), 0x00)
}

// notUnderstood is the answer to what is no command (user manual 6.2.1.5).
func (c *PN532) notUnderstood() []byte {
	return append(make([]byte, c.options.Lead-1), 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00)
}

func total(b []byte) (s byte) {
	for _, v := range b {
		s += v
	}
	return s
}

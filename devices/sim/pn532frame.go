package sim

import (
	"bytes"
	mathbits "math/bits"
	"time"
)

// First bytes of a chip select period (user manual 6.2.5).
const (
	opWrite  = 0x01
	opStatus = 0x02
	opRead   = 0x03
)

const (
	// lowest is how long chip select must be low to wake the chip: 2 ms, less
	// what clocks differ.
	lowest = 1900 * time.Microsecond
	// slowByte is a first byte so slow that the chip is awake before its end.
	// libnfc wakes it so, by a command at 5 kHz.
	slowByte = time.Millisecond
	// leastByte is a byte at 5 MHz, which is the most (PN532/C1 data sheet, features).
	leastByte = 1600 * time.Nanosecond

	mostBody = 265 // bytes from TFI on (user manual 6.2.1.2)
)

var ackFrame = []byte{0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00}

// outgoing is a frame on its way to the host.
type outgoing struct {
	bytes []byte
	at    time.Time // from when it can be read
	read  int       // bytes that were
	need  int       // bytes until it counts as read: its postamble need not be
	ack   bool
}

func (o *outgoing) waits() bool { return o.read < o.need }

// frame is one chip select period. Bits come lowest first.
func (c *PN532) frame(w []byte, now time.Time, span time.Duration) []byte {
	r := bytes.Repeat([]byte{0xFF}, len(w)) // nobody drives MISO
	if c.held || now.Add(-span).Before(c.bootBy) || !c.wake(len(w), now, span) {
		return r
	}
	if c.hung {
		return make([]byte, len(w))
	}
	if span > 0 && span < time.Duration(len(w))*leastByte {
		c.violate("%d bytes in %v: faster than 5 MHz", len(w), span)
	}
	in := make([]byte, len(w))
	for i, v := range w {
		in[i] = mathbits.Reverse8(v)
	}
	out := make([]byte, len(w))
	ready := c.ready(now)
	if ready {
		out[0] = 1
	}
	// What a read that was cut short has left is loaded already: it shows while
	// the first byte comes, whichever that is.
	cut := c.out.read > 0 && c.out.read < len(c.out.bytes)
	if cut {
		out[0] = c.out.bytes[c.out.read]
	}
	switch in[0] {
	case opWrite:
		c.take(in[1:], now)
	case opStatus:
		for i := 1; i < len(out) && ready; i++ {
			out[i] = 1
		}
	case opRead:
		if cut {
			c.out.read++ // went out with the opcode
		} else if !ready {
			c.violate("read of %d bytes while nothing is ready", len(in)-1)
			break
		}
		c.give(out[1:])
	}
	for i, v := range out {
		r[i] = mathbits.Reverse8(v)
	}
	return r
}

// wake tells whether a period of n bytes meets the chip awake, and wakes it.
func (c *PN532) wake(n int, now time.Time, span time.Duration) bool {
	switch c.mode {
	case modeLowVbat:
		if span >= lowest {
			c.mode = modeAwake
		}
		return c.mode == modeAwake && span/time.Duration(n) >= slowByte
	case modePowerDown:
		if c.wakes&0x20 == 0 {
			c.violate("chip select does not wake the chip: PowerDown was given %02X", c.wakes)
			return false
		}
		c.mode, c.bootBy = modeAwake, now.Add(-span).Add(bootTime)
		return false
	default:
		return true
	}
}

// ready tells whether something waits to be read.
func (c *PN532) ready(now time.Time) bool {
	if c.hung || c.held || c.mode != modeAwake || now.Before(c.bootBy) {
		return false
	}
	if !c.out.waits() && c.answer != nil {
		if frame, at := c.answer(now); frame != nil {
			c.answer, c.last = nil, frame
			c.offer(frame, at)
		}
	}
	return c.out.waits() && !now.Before(c.out.at)
}

// offer puts an answer out.
func (c *PN532) offer(frame []byte, at time.Time) {
	need := len(frame)
	if c.flags&bare == 0 {
		need--
	}
	if c.spoil > 0 {
		c.spoil--
		frame = bytes.Clone(frame)
		frame[need-2] ^= 0x10
	}
	c.out = outgoing{bytes: frame, at: at, need: need}
}

// give is a data read, from where the one before ended.
func (c *PN532) give(into []byte) {
	n := copy(into, c.out.bytes[min(c.out.read, len(c.out.bytes)):])
	for i := n; i < len(into); i++ {
		into[i] = c.options.Tail
	}
	c.out.read += n
	if !c.out.waits() && !c.out.ack && c.drained != nil {
		c.drained()
		c.drained = nil
	}
}

// take is a data write: an acknowledgement, its contrary, or a command (user
// manual 6.2.1).
func (c *PN532) take(b []byte, now time.Time) {
	if c.ignore > 0 {
		c.ignore--
		return
	}
	at := bytes.Index(b, []byte{0x00, 0xFF})
	if at < 0 || len(b) < at+4 {
		c.violate("write of no frame: % X", b)
		return
	}
	if !blank(b[:at]) {
		c.violate("write of % X before a frame", b[:at])
	}
	switch rest := b[at+2:]; {
	case rest[0] == 0x00 && rest[1] == 0xFF: // ACK of the host: what runs is over
		c.abort()
	case rest[0] == 0xFF && rest[1] == 0x00: // NACK: once more
		if c.last == nil {
			c.violate("NACK, and no answer to give again")
			return
		}
		c.offer(c.last, now.Add(c.options.Latency))
	default:
		if body := c.unwrap(rest); body != nil {
			c.begin(body, now)
		}
	}
}

// unwrap gives a frame's body from TFI on, nil if the chip takes it for noise:
// what has a wrong checksum gets no acknowledgement.
func (c *PN532) unwrap(rest []byte) []byte {
	n, head, after := int(rest[0]), rest[:2], rest[2:]
	if rest[0] == 0xFF && rest[1] == 0xFF {
		if len(rest) < 5 {
			c.violate("extended frame of %d bytes", len(rest))
			return nil
		}
		n, head, after = int(rest[2])<<8|int(rest[3]), rest[2:5], rest[5:]
	}
	switch {
	case total(head) != 0:
		c.violate("length % X: wrong checksum", head)
	case n < 2 || n > mostBody:
		c.violate("frame of %d bytes", n)
	case len(after) < n+1:
		c.violate("frame cut short: %d of %d bytes", len(after), n+1)
	case total(after[:n+1]) != 0:
		c.violate("command % X: wrong checksum", after[:n+1])
	default:
		if tail := after[n+1:]; len(tail) == 0 || !blank(tail) {
			c.violate("postamble % X", tail)
		}
		return bytes.Clone(after[:n])
	}
	return nil
}

// begin acknowledges a command and lets it run. One that runs still is over.
func (c *PN532) begin(body []byte, now time.Time) {
	switch {
	case c.out.waits() && c.out.ack:
		c.violate("command %02X while an acknowledgement waits", body[1])
	case c.out.waits():
		c.violate("command %02X while an answer waits", body[1])
	case c.answer != nil:
		c.violate("command %02X while another runs", body[1])
	}
	c.abort()
	at := now.Add(c.options.Latency)
	if c.mute > 0 {
		c.mute--
	} else {
		c.out = outgoing{bytes: ackFrame, at: at, need: len(ackFrame) - 1, ack: true}
	}
	if body[0] != 0xD4 {
		c.violate("command from %02X", body[0])
		c.answer = c.refuse(at)
		return
	}
	c.answer = c.run(body[1], body[2:], at)
}

// abort ends what runs and forgets what waits.
func (c *PN532) abort() {
	c.out, c.answer, c.last, c.drained = outgoing{}, nil, nil, nil
}

// wrap makes the frame of an answer.
func (c *PN532) wrap(code byte, data ...byte) []byte {
	body := append([]byte{0xD5, code + 1}, data...)
	var head []byte
	if n := len(body); n > 0xFF {
		head = []byte{0xFF, 0xFF, byte(n >> 8), byte(n), -(byte(n>>8) + byte(n))}
	} else {
		head = []byte{byte(n), -byte(n)}
	}
	return c.enclose(append(append(head, body...), -total(body)))
}

// notUnderstood is the answer to what is no command (user manual 6.2.1.5).
func (c *PN532) notUnderstood() []byte { return c.enclose([]byte{0x01, 0xFF, 0x7F, 0x81}) }

func (c *PN532) enclose(inner []byte) []byte {
	if c.flags&bare != 0 {
		return append([]byte{0x00, 0xFF}, inner...)
	}
	return append(append(append(make([]byte, c.options.Lead), 0xFF), inner...), 0x00)
}

func total(b []byte) (s byte) {
	for _, v := range b {
		s += v
	}
	return s
}

func blank(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

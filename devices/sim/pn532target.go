package sim

import (
	"slices"
	"time"

	"example.org/inloop/devices/iso14443a"
)

const (
	// mostData are the bytes of an answer that fit in one frame.
	mostData = mostBody - 3
	// again is how often a block is asked for once more (ISO/IEC 14443-4, 7.5.6).
	again = 2
)

// target is a card that was listed, as the chip remembers it.
type target struct {
	atqa  [2]byte
	sak   byte
	parts [][4]byte // of its UID, by cascade levels
	ats   []byte    // nil if it speaks no blocks
	on    bool      // selected, and not put to sleep

	number byte   // of the next block
	queued []byte // of a command that comes in pieces
	rest   []byte // of an answer that goes in pieces
}

func (t *target) uid() (uid []byte) {
	for i, p := range t.parts {
		if i < len(t.parts)-1 {
			uid = append(uid, p[1:]...)
		} else {
			uid = append(uid, p[:]...)
		}
	}
	return uid
}

// kind is the card's type as InAutoPoll names it (user manual 7.3.13).
func (t *target) kind() byte {
	if t.ats != nil {
		return 0x20
	}
	return 0x10
}

// describe is a target's data in the answer of a listing.
func (t *target) describe(tg byte) []byte {
	uid := t.uid()
	data := append([]byte{tg, t.atqa[1], t.atqa[0], t.sak, byte(len(uid))}, uid...)
	return append(data, t.ats...)
}

// over carries a frame to the cards and back, if the air allows. Silence takes
// as long as is waited for an answer.
func (c *PN532) over(frame bits, wait time.Duration) (answer bits, collision int) {
	c.spent += airTime(len(frame))
	var answers []bits
	if !happens(c.rand, c.faults.Loss) {
		answers = c.field.carry(frame)
	}
	if len(answers) == 0 || (c.faults.Deaf || c.deaf) || happens(c.rand, c.faults.Loss) {
		c.spent += wait
		return nil, 0
	}
	answer, collision = overlay(answers)
	c.spent += answerDelay + airTime(len(answer)) + leastGap
	return answer, collision
}

// ask sends bytes with their CRC_A and gives the answer without.
func (c *PN532) ask(b []byte, wait time.Duration) (answer []byte, fault byte) {
	frame, _ := c.over(bitsOf(iso14443a.AppendCRC(slices.Clone(b))), wait)
	if frame == nil {
		return nil, errTimeout
	}
	return checked(frame)
}

// checked takes CRC_A off an answer.
func checked(frame bits) (answer []byte, fault byte) {
	b := frame.bytes()
	n := len(b) - 2
	if len(frame)%8 != 0 || n < 1 || iso14443a.CRC(b[:n]) != [2]byte(b[n:]) {
		return nil, errCRC
	}
	return b[:n], 0
}

// activate makes a card that was selected speak blocks, if it can and the host
// wants that.
func (c *PN532) activate(t *target) bool {
	t.on, t.ats, t.number, t.queued, t.rest = true, nil, 0, nil, nil
	if t.sak&0x20 == 0 || c.flags&autoRATS == 0 {
		return true
	}
	ats, fault := c.ask([]byte{0xE0, 0x50}, 5*time.Millisecond)
	if fault != 0 || len(ats) == 0 || int(ats[0]) != len(ats) {
		t.on = false
		return false
	}
	t.ats = ats
	return true
}

// leave puts a card to sleep: it stays known.
func (c *PN532) leave(t *target) {
	if !t.on {
		return
	}
	t.on = false
	if t.ats != nil {
		c.ask([]byte{0xC2}, unheard)
		return
	}
	c.ask([]byte{iso14443a.HLTA, 0}, unheard)
}

// target gives the target of a number, nil if there is none.
func (c *PN532) target(tg byte) *target {
	if n := int(tg & targetCodes); n >= 1 && n <= len(c.targets) {
		return c.targets[n-1]
	}
	return nil
}

// deselect puts one target or all to sleep, and forgets them where they are
// released (user manual 7.3.10, 7.3.11).
func (c *PN532) deselect(tg byte, forget bool) (fault byte) {
	one := c.target(tg)
	if tg != 0 && one == nil {
		return errContext
	}
	for _, t := range c.targets {
		if one == nil || t == one {
			c.leave(t)
		}
	}
	// A number stays a target's as long as it is known: only all are forgotten
	// at once, or the last.
	if forget && (one == nil || one == c.targets[len(c.targets)-1]) {
		if one == nil {
			c.targets = nil
		} else {
			c.targets = c.targets[:len(c.targets)-1]
		}
	}
	return 0
}

// reselect is InSelect (user manual 7.3.12). Whoever is selected is left first.
func (c *PN532) reselect(tg byte) (fault byte) {
	t := c.target(tg)
	if t == nil {
		return errContext
	}
	for _, other := range c.targets {
		if other != t {
			c.leave(other)
		}
	}
	if t.on {
		return 0
	}
	if atqa, _ := c.over(bitsOf([]byte{iso14443a.WUPA})[:7], unheard); len(atqa) != 16 {
		return errTimeout
	}
	var whole []byte
	for _, p := range t.parts {
		whole = append(whole, p[:]...)
	}
	if c.selectCard(whole) == nil || !c.activate(t) {
		return errTimeout
	}
	return 0
}

// timeout is of an exchange: 100 us doubled n-1 times (user manual 7.3.1, item 2).
func (c *PN532) timeout() time.Duration {
	n := min(c.retry.timeout, 0x10)
	if n == 0 {
		return time.Second // it never ends; nobody waits for that
	}
	return 100 * time.Microsecond << (n - 1)
}

// communicateThru sends what the host says as it is; CRC_A is the unit's, where
// it is switched on (user manual 7.3.9).
func (c *PN532) communicateThru(p []byte) (data []byte, fault byte) {
	if c.reg[ciuTxControl]&drive != drive {
		c.violate("InCommunicateThru without a field")
		return nil, errContext
	}
	frame := bitsOf(p)
	if c.reg[ciuTxMode]&crcOn != 0 {
		frame = bitsOf(iso14443a.AppendCRC(slices.Clone(p)))
	} else if last := int(c.reg[ciuBitFraming] & 7); last != 0 {
		frame = frame[:len(frame)-8+last]
	}
	answer, _ := c.over(frame, c.timeout())
	switch {
	case answer == nil:
		return nil, errTimeout
	case c.reg[ciuRxMode]&crcOn != 0:
		return checked(answer)
	default:
		return answer.bytes(), 0
	}
}

// classic are the commands for cards that speak no blocks (user manual 7.3.8):
// others go by InCommunicateThru.
var classic = []byte{0x30, 0xA0, 0xA2, 0xB0, 0xC0, 0xC1, 0xC2}

// dataExchange is InDataExchange (user manual 7.3.8). A target that sleeps is
// selected for it.
func (c *PN532) dataExchange(p []byte) (data []byte, fault byte) {
	t, command := c.target(p[0]), p[1:]
	if t == nil {
		return nil, errContext
	}
	if fault := c.reselect(p[0]); fault != 0 {
		return nil, fault
	}
	if t.ats != nil {
		return c.blocks(t, command, p[0]&moreToCome != 0)
	}
	switch {
	case len(command) == 0:
		return nil, errInvalid
	case command[0] == 0x60 || command[0] == 0x61:
		if len(command) != 12 {
			c.violate("InDataExchange % X: an authentication has 12 bytes", command)
			return nil, errInvalid
		}
		return nil, errAuth // no card here has such keys
	case !slices.Contains(classic, command[0]):
		c.violate("InDataExchange % X: not a command for such cards", command)
		return nil, errContext
	}
	for range int(c.retry.com) + 1 {
		if data, fault = c.ask(command, c.timeout()); fault == 0 {
			return data, 0
		}
	}
	t.on = false // a card that did not take a command is out of its active state
	return nil, fault
}

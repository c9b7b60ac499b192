package sim

import (
	"slices"
	"time"

	"example.org/inloop/devices/iso14443a"
)

// target is a card that was listed, as the chip remembers it.
type target struct {
	atqa  [2]byte
	sak   byte
	parts [][4]byte // of its UID, by cascade levels
	ats   []byte    // nil if it speaks no blocks
	on    bool      // selected, and not put to sleep
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
	if !happens(c.rand, c.defects.Loss) {
		answers = c.field.carry(frame)
	}
	if len(answers) == 0 || (c.defects.Deaf || c.deaf) || happens(c.rand, c.defects.Loss) {
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
	t.on, t.ats = true, nil
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

// timeout is of an exchange: 100 us doubled n-1 times (user manual 7.3.1, item 2).
func (c *PN532) timeout() time.Duration {
	n := min(c.retry.timeout, 0x10)
	if n == 0 {
		return time.Second // it never ends; nobody waits for that
	}
	return 100 * time.Microsecond << (n - 1)
}

// communicateThru sends what the host says as it is; CRC_A is the unit's, where
// it is switched on (user manual 7.3.9). Of answers that collide it gives nothing
// but the error: the manual does not say more.
func (c *PN532) communicateThru(p []byte) (data []byte, fault byte) {
	if c.reg[ciuTxControl]&drive != drive {
		c.violate("InCommunicateThru without a field")
		return nil, errContext
	}
	if c.hiss {
		c.spent += airTime(8*len(p)) + unheard
		return nil, errFraming
	}
	frame := bitsOf(p)
	if c.reg[ciuTxMode]&crcOn != 0 {
		frame = bitsOf(iso14443a.AppendCRC(slices.Clone(p)))
	} else if last := int(c.reg[ciuBitFraming] & 7); last != 0 {
		frame = frame[:len(frame)-8+last]
	}
	answer, collision := c.over(frame, c.timeout())
	switch {
	case answer == nil:
		return nil, errTimeout
	case collision != 0:
		return nil, errCollision
	case c.reg[ciuRxMode]&crcOn != 0:
		return checked(answer)
	default:
		return answer.alignedAt(int(c.reg[ciuBitFraming] >> 4 & 7)), 0
	}
}

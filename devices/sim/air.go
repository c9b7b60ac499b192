package sim

import (
	"time"

	"example.org/inloop/devices/iso14443a"
)

// Times on the air at 106 kbit/s (ISO/IEC 14443-2 and -3).
const (
	bitTime     = 9440 * time.Nanosecond
	answerDelay = 91200 * time.Nanosecond
	leastGap    = 86400 * time.Nanosecond
	requestGap  = 516 * time.Microsecond
)

// exchange is a frame on its way and what will come back.
type exchange struct {
	sentAt time.Time // end of our frame; zero: none on its way
	doneAt time.Time // end of the answer; zero: none comes
	sent   bool

	answer    bits
	collision int
	known     int // bits that were sent along
}

// send puts the FIFO on the air (StartSend).
func (c *MFRC522) send(now time.Time) {
	frame := bitsOf(c.fifo)
	if last := int(c.reg[rBitFraming] & 7); last != 0 && len(frame) > 0 {
		frame = frame[:len(frame)-8+last]
	}
	c.fifo = nil
	if len(frame) == 0 {
		c.violate("StartSend with an empty FIFO")
		return
	}
	c.watch(frame, now)
	sentAt := now.Add(airTime(len(frame)))
	c.air = exchange{sentAt: sentAt, known: max(len(frame)-16, 0)}
	answers := c.carry(frame)
	if len(answers) == 0 {
		return
	}
	c.air.answer, c.air.collision = overlay(answers)
	c.air.doneAt = sentAt.Add(answerDelay + airTime(len(c.air.answer)) + bitTime + c.options.Lag)
}

// carry takes the frame to the cards and back, if chip and air allow.
func (c *MFRC522) carry(frame bits) []bits {
	if c.noise != nil {
		return []bits{append(bits{}, c.noise...)}
	}
	if c.reg[rTxASK]&0x40 == 0 || c.reg[rStatus2]&crypto1On != 0 || happens(c.rand, c.defects.Loss) {
		return nil
	}
	answers := c.field.carry(frame)
	if c.defects.Deaf || c.deaf || happens(c.rand, c.defects.Loss) {
		return nil
	}
	return answers
}

// watch notes frames that come too early for the cards.
func (c *MFRC522) watch(frame bits, now time.Time) {
	if gap := now.Sub(c.lastAnswer); gap < leastGap {
		c.violate("frame %v after an answer", gap)
	}
	if len(frame) == 7 {
		if gap := now.Sub(c.lastRequest); gap < requestGap {
			c.violate("request %v after another", gap)
		}
		c.lastRequest = now
	}
}

// advance brings the chip up to now.
func (c *MFRC522) advance(now time.Time) {
	a := &c.air
	if !a.sentAt.IsZero() && !a.sent && !now.Before(a.sentAt) {
		a.sent = true
		c.reg[rComIrq] |= irqTx
		if c.reg[rTMode]&0x80 != 0 {
			c.startTimer(a.sentAt)
			// The timer stops with the fifth bit that comes in.
			fifth := a.sentAt.Add(answerDelay + 5*bitTime)
			if !a.doneAt.IsZero() && fifth.Before(c.timerAt) && !c.options.TimerRuns {
				c.timerAt = time.Time{}
			}
		}
	}
	if !c.timerAt.IsZero() && !now.Before(c.timerAt) {
		c.timerAt = time.Time{}
		c.reg[rComIrq] |= irqTimer
	}
	if a.sent && !a.doneAt.IsZero() && !now.Before(a.doneAt) {
		c.receive()
	}
}

// receive puts the answer into the FIFO and sets the flags.
func (c *MFRC522) receive() {
	a := c.air
	c.lastAnswer = a.doneAt
	c.air = exchange{}
	align := int(c.reg[rBitFraming] >> 4 & 7)
	c.reg[rColl] = c.reg[rColl]&0x80 | 0x20
	if a.collision != 0 {
		c.collide(&a, align)
	}
	data := a.answer.alignedAt(align)
	c.fifo = append(c.fifo, data...)
	c.reg[rControl] = c.reg[rControl]&^7 | byte((align+len(a.answer))%8)
	c.reg[rComIrq] |= irqRx
	if c.errors != 0 {
		c.reg[rError] |= c.errors
		c.reg[rComIrq] |= irqErr
	}
}

func (c *MFRC522) collide(a *exchange, align int) {
	c.reg[rError] |= errColl
	c.reg[rComIrq] |= irqErr
	if c.reg[rColl]&0x80 == 0 {
		for i := a.collision - 1; i < len(a.answer); i++ {
			a.answer[i] = 0
		}
	}
	position := a.collision
	switch c.options.Collisions {
	case ConventionInLevel:
		position += a.known
	case ConventionInFIFO:
		position += align
	}
	if position <= 32 {
		c.reg[rColl] = c.reg[rColl]&0x80 | byte(position%32)
	}
}

// airTime is a frame's start bit, its bits and their parity.
func airTime(n int) time.Duration {
	return time.Duration(1+iso14443a.AirBits(n)) * bitTime
}

package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"example.org/inloop/devices/iso14443a"
)

// state is a card's state (ISO/IEC 14443-3, 6.3).
type state int

const (
	stateIdle state = iota
	stateReady
	stateActive
	stateProtocol // of blocks
	stateHalted
)

// powerUp is how long a card needs from field to first answer.
const powerUp = 5 * time.Millisecond

// Card is one simulated card. It is used through a [Field].
type Card struct {
	uid  []byte
	sak  byte
	atqa byte       // the high byte
	draw *rand.Rand // draws a phone's UID at each power-up
	tag  *type2     // nil for a card that is no NTAG21x
	dep  *dep       // nil for a card that speaks no blocks

	state   state
	starred bool // woken from halt: falls back to it
	spoilt  Spoilt
	strict  bool // a frame meant for another card sends it back
	level   int
	since   time.Time // of the field's presence
}

// NewCard makes a card with a fixed UID of 4, 7 or 10 bytes.
func NewCard(uid []byte) (*Card, error) {
	c := &Card{uid: append([]byte(nil), uid...)}
	switch len(uid) {
	case 4:
		c.sak = 0x08
	case 7:
		c.sak = 0x00
	case 10:
		c.sak = 0x20
	default:
		return nil, fmt.Errorf("card: UID of %d bytes, want 4, 7 or 10", len(uid))
	}
	return c, nil
}

// NewPhone makes a phone: a random UID, new whenever it comes into a field.
func NewPhone(seed uint64) *Card {
	c := &Card{sak: 0x20, draw: rand.New(rand.NewPCG(seed, 0x08))}
	c.power(time.Time{})
	return c
}

// Spoilt is which of a card's answers is nonsense.
type Spoilt int

// What can be spoilt.
const (
	SpoiltCheck Spoilt = iota + 1 // the check byte of its UID, as of a bad copy
	SpoiltATQA                    // it answers a request with one byte
	SpoiltSAK                     // a selection, with a wrong checksum
	SpoiltEnd                     // its UID never ends
)

// Spoil spoils an answer of a card that does not lie in a field.
func (c *Card) Spoil(what Spoilt) { c.spoilt = what }

// power is what happens when a field reaches the card.
func (c *Card) power(now time.Time) {
	c.state, c.starred, c.level, c.since = stateIdle, false, 0, now
	if c.dep != nil {
		c.dep.reset()
	}
	if c.draw != nil {
		r := c.draw.Uint32()
		c.uid = []byte{0x08, byte(r), byte(r >> 8), byte(r >> 16)}
	}
}

// parts are what the card gives at each cascade level.
func (c *Card) parts() [][4]byte {
	switch u := c.uid; len(u) {
	case 4:
		return [][4]byte{[4]byte(u)}
	case 7:
		return [][4]byte{{iso14443a.CascadeTag, u[0], u[1], u[2]}, [4]byte(u[3:])}
	default:
		return [][4]byte{{iso14443a.CascadeTag, u[0], u[1], u[2]}, {iso14443a.CascadeTag, u[3], u[4], u[5]}, [4]byte(u[6:])}
	}
}

// fall is the way back after anything unexpected.
func (c *Card) fall() bits {
	c.state = stateIdle
	if c.starred {
		c.state = stateHalted
	}
	return nil
}

// unmeant is silence at an ANTICOLLISION or SELECT for another card: it goes on
// waiting, or falls back, by the two readings of ISO/IEC 14443-3, 6.3.
func (c *Card) unmeant() bits {
	if c.strict {
		return c.fall()
	}
	return nil
}

// hear takes one frame and gives the answer, nil for silence.
func (c *Card) hear(f bits, now time.Time) bits {
	if now.Sub(c.since) < powerUp {
		return nil
	}
	if c.state == stateProtocol {
		return c.block(f)
	}
	if len(f) == 7 {
		return c.request(f.bytes()[0])
	}
	switch c.state {
	case stateReady:
		return c.anticollide(f)
	case stateActive:
		return c.command(f)
	default:
		return nil
	}
}

func (c *Card) request(command byte) bits {
	wakes := command == iso14443a.WUPA && (c.state == stateIdle || c.state == stateHalted) ||
		command == iso14443a.REQA && c.state == stateIdle
	if !wakes {
		if c.state == stateReady || c.state == stateActive {
			return c.fall()
		}
		return nil
	}
	c.starred = c.state == stateHalted
	c.state, c.level = stateReady, 0
	if c.spoilt == SpoiltATQA {
		return bitsOf([]byte{0x04})
	}
	size := byte(len(c.parts()) - 1)
	return bitsOf([]byte{0x04 | size<<6, c.atqa})
}

// anticollide answers ANTICOLLISION and SELECT.
func (c *Card) anticollide(f bits) bits {
	b := f.bytes()
	sel := [3]byte{0x93, 0x95, 0x97}[c.level]
	if len(f) < 16 || b[0] != sel {
		return c.fall()
	}
	part := c.parts()[c.level]
	check := iso14443a.BCC(part)
	if c.spoilt == SpoiltCheck {
		check ^= 0x01
	}
	whole := bitsOf(append(part[:], check))
	if b[1] == 0x70 {
		return c.choose(f, whole)
	}
	known := int(b[1]>>4-2)*8 + int(b[1]&0x0F)
	if b[1] < 0x20 || known > 39 || len(f) != 16+known {
		return c.fall()
	}
	for i, bit := range f[16:] {
		if whole[i] != bit {
			return c.unmeant()
		}
	}
	return whole[known:]
}

func (c *Card) choose(f, whole bits) bits {
	b := f.bytes()
	if len(f) != 72 || iso14443a.CRC(b[:7]) != [2]byte(b[7:]) {
		return c.fall()
	}
	if string(bitsOf(b[2:7])) != string(whole) {
		return c.unmeant()
	}
	sak := c.sak
	if c.level++; c.level < len(c.parts()) {
		sak = 0x04
	} else {
		c.state = stateActive
	}
	answer := iso14443a.AppendCRC([]byte{sak})
	switch c.spoilt {
	case SpoiltSAK:
		answer[2] ^= 0x40
	case SpoiltEnd:
		c.level, c.state = c.level%len(c.parts()), stateReady
		answer = iso14443a.AppendCRC([]byte{0x04})
	case SpoiltCheck, SpoiltATQA:
	}
	return bitsOf(answer)
}

// command answers what an active card understands: HLTA, RATS, and what an
// NTAG21x takes.
func (c *Card) command(f bits) bits {
	b := f.bytes()
	n := len(b) - 2
	if len(f)%8 != 0 || n < 1 || iso14443a.CRC(b[:n]) != [2]byte(b[n:]) {
		if c.tag != nil && len(f)%8 == 0 {
			c.fall()
			return nibble(nakCheck)
		}
		return c.fall()
	}
	switch {
	case b[0] == iso14443a.HLTA && n == 2 && b[1] == 0:
		c.state = stateHalted
		return nil
	case b[0] == 0xE0 && n == 2 && c.dep != nil:
		c.state = stateProtocol
		return bitsOf(iso14443a.AppendCRC(c.dep.activate(b[1])))
	case c.tag == nil:
		return c.fall()
	}
	answer, nak := c.tag.command(b[:n])
	if nak {
		c.fall()
		return nibble(answer[0])
	}
	return bitsOf(iso14443a.AppendCRC(answer))
}

// block answers a block of ISO/IEC 14443-4. A card that speaks it hears
// nothing else, and keeps silent at what is damaged.
func (c *Card) block(f bits) bits {
	b := f.bytes()
	n := len(b) - 2
	if len(f)%8 != 0 || n < 1 || iso14443a.CRC(b[:n]) != [2]byte(b[n:]) {
		return nil
	}
	answer, left := c.dep.block(b[:n])
	if left {
		c.state = stateHalted
	}
	if answer == nil {
		return nil
	}
	return bitsOf(iso14443a.AppendCRC(answer))
}

// nibble is an answer of four bits.
func nibble(v byte) bits { return bitsOf([]byte{v})[:4] }

package main

import (
	"bytes"

	"example.org/inloop/devices/iso14443a"
)

// airCard is a card as ISO/IEC 14443-3 has it, bit by bit and without noise.
// Only the CRC is borrowed from the code under test, whose vectors are its
// own.
type airCard struct {
	uid    []byte
	state  airState
	halted bool // READY* and ACTIVE*: what goes wrong leads back to HALT
	level  int  // cascade level, from 0
}

type airState int

const (
	airIdle airState = iota
	airReady
	airActive
	airHalt
)

func newAirCard(uid ...byte) *airCard { return &airCard{uid: uid} }

// part is the four bytes and the BCC of one cascade level, and whether it is
// the last.
func (c *airCard) part(level int) (part []byte, last bool) {
	rest := c.uid[3*level:]
	if last = len(rest) == 4; last {
		part = bytes.Clone(rest)
	} else {
		part = append([]byte{0x88}, rest[:3]...)
	}
	return append(part, part[0]^part[1]^part[2]^part[3]), last
}

// hear takes a frame's bits and gives the answer's, nil for silence.
func (c *airCard) hear(frame []bool) []bool {
	if len(frame) == 7 {
		return c.request(packed(frame)[0])
	}
	data := packed(frame)
	switch {
	case c.state == airReady && len(data) >= 2 && data[0] == 0x93+2*byte(c.level):
		part, last := c.part(c.level)
		if data[1] == 0x70 {
			return c.selected(data, part, last)
		}
		known := frame[16:]
		all := unpacked(part)
		for i, b := range known {
			if i >= 32 || all[i] != b {
				return nil
			}
		}
		return all[len(known):]
	case c.state == airActive && bytes.Equal(data, []byte{0x50, 0x00, 0x57, 0xCD}):
		c.state, c.halted = airHalt, false
	case c.state == airReady || c.state == airActive:
		c.fallBack()
	}
	return nil
}

func (c *airCard) request(command byte) []bool {
	wakes := command == 0x52 || command == 0x26 && c.state == airIdle
	if wakes && (c.state == airIdle || c.state == airHalt) {
		c.halted = c.state == airHalt
		c.state, c.level = airReady, 0
		return unpacked([]byte{map[int]byte{4: 0x04, 7: 0x44, 10: 0x84}[len(c.uid)], 0x00})
	}
	if c.state == airReady || c.state == airActive {
		c.fallBack()
	}
	return nil
}

func (c *airCard) selected(data, part []byte, last bool) []bool {
	if len(data) != 9 || !bytes.Equal(data[2:7], part) {
		return nil
	}
	if iso14443a.CRC(data[:7]) != [2]byte(data[7:]) {
		c.fallBack()
		return nil
	}
	sak := []byte{0x04}
	if c.level++; last {
		c.state, sak[0] = airActive, 0x00
	}
	return unpacked(iso14443a.AppendCRC(sak))
}

func (c *airCard) fallBack() {
	if c.state = airIdle; c.halted {
		c.state = airHalt
	}
}

// powerless is what the end of the field does to a card; a phone's number is
// another one then.
func (c *airCard) powerless() {
	c.state, c.halted = airIdle, false
	if c.uid[0] == 0x08 && len(c.uid) == 4 {
		c.uid = []byte{0x08, c.uid[1] + 1, c.uid[2], c.uid[3]}
	}
}

func unpacked(data []byte) []bool {
	bits := make([]bool, 8*len(data))
	for i := range bits {
		bits[i] = data[i/8]>>(i%8)&1 == 1
	}
	return bits
}

func packed(bits []bool) []byte {
	data := make([]byte, (len(bits)+7)/8)
	for i, b := range bits {
		if b {
			data[i/8] |= 1 << (i % 8)
		}
	}
	return data
}

package iso14443a

import (
	"fmt"
	"time"
)

// Command bytes of ISO/IEC 14443-3, 6.4 and 6.5.
const (
	REQA byte = 0x26 // wakes cards that are idle; sent as 7 bits
	WUPA byte = 0x52 // wakes halted cards too; sent as 7 bits
	HLTA byte = 0x50 // with 00 and CRC_A: halts the active card

	// CascadeTag leads a level that holds three bytes of a longer UID. 4-byte
	// UIDs may begin with it too: only the SAK decides.
	CascadeTag byte = 0x88
)

// levels are the SEL codes of cascade levels 1 to 3 (ISO/IEC 14443-3, table 9).
var levels = [3]byte{0x93, 0x95, 0x97}

// MaxCards is how many cards are told apart in one field.
const MaxCards = 4

// Frame is one frame to a card and what is awaited after it.
type Frame struct {
	Data     []byte // least significant bit first
	LastBits int    // bits of the last byte that are sent, 0 for all eight
	Align    int    // bit of the first answered byte in which the first answered bit lands
	Want     int    // bytes of the awaited answer; 0 when silence for 1 ms is the answer
	// Timeout is how long after the frame the answer may begin, 0 for the fixed
	// times of REQA, WUPA, ANTICOLLISION and SELECT (ISO/IEC 14443-3, 6.2.1.1).
	Timeout time.Duration
}

// Bits is the number of data bits in the frame, parity not counted.
func (f Frame) Bits() int {
	n := 8 * len(f.Data)
	if f.LastBits != 0 {
		n -= 8 - f.LastBits
	}
	return n
}

// Response is one frame from a card, or from several at once.
type Response struct {
	Data     []byte
	LastBits int // bits of the last byte that are valid, 0 for all eight
	// Collision is 0 when all bits were clear, else the position of the first
	// one that was not: 1 and up, or [UnknownPosition]. Chips disagree on what
	// it is counted from once bits were sent along, so it is used only where
	// none were.
	Collision int
}

// UnknownPosition is the collision of which a chip cannot say where it was.
const UnknownPosition = -1

// SAK is the answer to a selection (ISO/IEC 14443-3, 6.5.5).
type SAK byte

// Complete tells whether the UID ends with this cascade level.
func (s SAK) Complete() bool { return s&0x04 == 0 }

// SpeaksBlocks tells whether the card takes the protocol of ISO/IEC 14443-4.
func (s SAK) SpeaksBlocks() bool { return s&0x20 != 0 }

// ParseSAK reads the answer to a SELECT: one byte and its CRC_A. Anything
// else is [ErrGarbled].
func ParseSAK(a Response) (SAK, error) {
	if a.Collision != 0 {
		return 0, fmt.Errorf("%w: SAK collides", ErrGarbled)
	}
	if len(a.Data) != 3 || a.LastBits != 0 {
		return 0, fmt.Errorf("%w: SAK of %d bytes and %d bits, want 3 bytes", ErrGarbled, len(a.Data), a.LastBits)
	}
	if CRC(a.Data[:1]) != [2]byte(a.Data[1:]) {
		return 0, fmt.Errorf("%w: wrong CRC_A after SAK", ErrGarbled)
	}
	return SAK(a.Data[0]), nil
}

// ParseATQA reads the answer to REQA or WUPA: exactly 16 bits, of which
// several cards may answer at once. Nothing in them is relied upon.
func ParseATQA(a Response) error {
	if a.Collision == 0 && (len(a.Data) != 2 || a.LastBits != 0) {
		return fmt.Errorf("%w: ATQA of %d bytes and %d bits, want 16 bits", ErrGarbled, len(a.Data), a.LastBits)
	}
	return nil
}

// prefix is the beginning of one cascade level's four bytes, as far as known.
type prefix struct {
	b [4]byte
	n int // bits, 0 to 32
}

func (p *prefix) add(bit byte) {
	p.b[p.n/8] |= bit << (p.n % 8)
	p.n++
}

// clearLast turns the last known bit into 0.
func (p *prefix) clearLast() {
	p.b[(p.n-1)/8] &^= 1 << ((p.n - 1) % 8)
}

// frame asks the cards that begin with p for the rest (ISO/IEC 14443-3,
// 6.5.3.1; NVB: whole bytes in the high half, further bits in the low one).
func (p prefix) frame(sel byte) Frame {
	whole, extra := p.n/8, p.n%8
	data := append(make([]byte, 0, 6), sel, byte((2+whole)<<4|extra))
	data = append(data, p.b[:(p.n+7)/8]...)
	return Frame{Data: data, LastBits: extra, Align: extra, Want: 5 - whole}
}

// complete puts the known bits and the answered rest together and checks the
// length and the BCC.
func (p prefix) complete(a Response) ([4]byte, error) {
	whole, extra := p.n/8, p.n%8
	// The rest ends with a whole byte; a chip may count its bits from where
	// they were aligned or from the first received one.
	if len(a.Data) != 5-whole || a.LastBits != 0 && a.LastBits != (8-extra)%8 {
		return [4]byte{}, fmt.Errorf("%w: %d bytes and %d bits of a UID, want %d bytes", ErrGarbled, len(a.Data), a.LastBits, 5-whole)
	}
	var all [5]byte
	copy(all[whole:], a.Data)
	if extra != 0 {
		low := byte(1)<<extra - 1
		all[whole] = p.b[whole]&low | a.Data[0]&^low
	}
	copy(all[:whole], p.b[:whole])
	part := [4]byte(all[:4])
	if BCC(part) != all[4] {
		return [4]byte{}, fmt.Errorf("%w: wrong BCC", ErrGarbled)
	}
	return part, nil
}

// upTo takes the bits of a first answer that came before its collision.
func upTo(a Response) (prefix, bool) {
	n := a.Collision - 1
	if n < 0 || n > 31 || len(a.Data)*8 < n {
		return prefix{}, false
	}
	p := prefix{n: n}
	copy(p.b[:], a.Data[:(n+7)/8])
	if extra := n % 8; extra != 0 {
		p.b[n/8] &= byte(1)<<extra - 1
	}
	return p, true
}

// selectFrame selects one cascade level (ISO/IEC 14443-3, 6.5.3.2).
func selectFrame(sel byte, part [4]byte) Frame {
	data := append(make([]byte, 0, 9), sel, 0x70)
	data = append(data, part[:]...)
	return Frame{Data: AppendCRC(append(data, BCC(part))), Want: 3}
}

// AirBits counts the bit times that n data bits take with their parity: one
// parity bit follows each whole byte.
func AirBits(n int) int { return n + n/8 }

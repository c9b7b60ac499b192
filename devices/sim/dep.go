package sim

// dep is a card's side of the block protocol (ISO/IEC 14443-4, 7), with a file
// system behind it.
type dep struct {
	app   func(command []byte) []byte // answers an APDU
	begin func()                      // a new activation, may be nil
	waits int                         // time extensions that are asked for before an answer

	most    int    // bytes of information in a block that the reader takes
	number  byte   // of the last block
	last    []byte // block that was sent, for R(NAK)
	command []byte // so far
	rest    []byte // of the answer
	due     int    // extensions left in this answer
}

// frames are the sizes that a reader announces in RATS, CRC_A included.
var frames = []int{16, 24, 32, 40, 48, 64, 96, 128, 256}

func (d *dep) reset() { d.number, d.last, d.command, d.rest = 1, nil, nil, nil }

// activate answers RATS by an ATS: frames of 64 bytes, FWI 7 (39 ms), SFGI 1.
func (d *dep) activate(parameter byte) []byte {
	d.reset()
	d.most = frames[min(int(parameter>>4), len(frames)-1)] - 3
	if d.begin != nil {
		d.begin()
	}
	return []byte{0x06, 0x75, 0x77, 0x71, 0x02, 0x80}
}

// block answers one block without its CRC_A, nil for silence; left is true when
// the card was deselected.
func (d *dep) block(b []byte) (answer []byte, left bool) {
	pcb := b[0]
	switch {
	case pcb == 0xC2: // S(DESELECT)
		d.reset()
		return []byte{0xC2}, true
	case pcb == 0xF2 && len(b) == 2: // S(WTX): granted
		return d.send(d.answer()), false
	case pcb&0xE2 == 0x02: // I
		d.number = pcb & 1
		d.command = append(d.command, b[1:]...)
		if pcb&0x10 != 0 {
			return d.send([]byte{0xA2 | d.number}), false
		}
		d.rest, d.command = d.app(d.command), nil
		d.due = d.waits
		return d.send(d.answer()), false
	case pcb&0xF6 == 0xB2 && pcb&1 == d.number, pcb&0xF6 == 0xA2 && pcb&1 == d.number:
		// What was sent did not arrive (rule 11).
		return d.last, false
	case pcb&0xF6 == 0xB2:
		return []byte{0xA2 | d.number}, false // the block before did not arrive here (rule 12)
	case pcb&0xF6 == 0xA2: // R(ACK) of the next number: go on (rule 13)
		d.number = pcb & 1
		return d.send(d.answer()), false
	}
	return nil, false
}

// answer gives the next piece of the answer, or asks for time.
func (d *dep) answer() []byte {
	if d.due > 0 {
		d.due--
		return []byte{0xF2, 0x01}
	}
	n := min(len(d.rest), d.most)
	pcb := 0x02 | d.number
	if n < len(d.rest) {
		pcb |= 0x10
	}
	piece := append([]byte{pcb}, d.rest[:n]...)
	d.rest = d.rest[n:]
	return piece
}

func (d *dep) send(block []byte) []byte {
	d.last = block
	return block
}

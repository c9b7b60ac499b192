package sim

import "time"

// blocks carries a command to a card in blocks and gives what it answers. Of
// one that comes in pieces, only the last has an answer; an answer that does
// not fit in a frame is had in pieces by commands without bytes.
func (c *PN532) blocks(t *target, command []byte, more bool) (data []byte, fault byte) {
	if len(command) == 0 && len(t.rest) > 0 {
		return t.portion()
	}
	t.rest = nil
	t.queued = append(t.queued, command...)
	if more {
		return nil, 0
	}
	command, t.queued = t.queued, nil
	t.rest, fault = c.transceive(t, command)
	if fault != 0 {
		t.on, t.rest = false, nil
		return nil, fault
	}
	return t.portion()
}

// portion gives what fits in a frame, and whether that was not all.
func (t *target) portion() (data []byte, fault byte) {
	n := min(len(t.rest), mostData)
	data, t.rest = t.rest[:n], t.rest[n:]
	if len(t.rest) > 0 {
		fault = moreToCome
	}
	return data, fault
}

// transceive is the block protocol as a reader speaks it (ISO/IEC 14443-4, 7.5).
func (c *PN532) transceive(t *target, command []byte) (answer []byte, fault byte) {
	size := frames[min(int(t.ats[1]&0x0F), len(frames)-1)] - 3
	var last []byte
	for {
		n := min(len(command), size)
		block := append([]byte{0x02 | t.number}, command[:n]...)
		if command = command[n:]; len(command) > 0 {
			block[0] |= 0x10
		}
		if last, fault = c.block(t, block); fault != 0 {
			return nil, fault
		}
		if len(command) == 0 {
			break
		}
		if last[0] != 0xA2|t.number {
			return nil, 0x0B
		}
		t.number ^= 1
	}
	for {
		if last[0]&0xE2 != 0x02 || last[0]&1 != t.number {
			return nil, 0x0B
		}
		t.number ^= 1
		answer = append(answer, last[1:]...)
		if last[0]&0x10 == 0 {
			return answer, 0
		}
		if last, fault = c.block(t, []byte{0xA2 | t.number}); fault != 0 {
			return nil, fault
		}
	}
}

// block sends one block until an answer comes that is no request for time.
func (c *PN532) block(t *target, b []byte) (answer []byte, fault byte) {
	wait, next := t.waiting(), b
	for tries := 0; ; {
		answer, fault = c.ask(next, wait)
		switch {
		case fault == 0 && len(answer) == 2 && answer[0] == 0xF2: // S(WTX)
			wait = t.waiting() * time.Duration(answer[1]&0x3F)
			next = answer
		case fault == 0 && answer[0]&0xF6 == 0xA2 && b[0]&0xE2 == 0x02 && answer[0]&1 != b[0]&1:
			// Rule 6: the block did not arrive.
			if tries++; tries > again {
				return nil, errTimeout
			}
			next = b
		case fault == 0:
			return answer, 0
		default:
			if tries++; tries > again {
				return nil, fault
			}
			next = []byte{0xB2 | t.number}
		}
	}
}

// waiting is the card's frame waiting time, FWI of its ATS: 4 without one.
func (t *target) waiting() time.Duration {
	fwi := byte(4)
	if at := 2; t.ats[1]&0x20 != 0 {
		if t.ats[1]&0x10 != 0 {
			at++
		}
		fwi = t.ats[at] >> 4
	}
	return 302 * time.Microsecond << fwi
}

// attention asks the card in use whether it is still there (user manual 7.2.1,
// test 06).
func (c *PN532) attention() (fault byte) {
	for _, t := range c.targets {
		if !t.on || t.ats == nil {
			continue
		}
		for range again + 1 {
			if _, fault = c.ask([]byte{0xB2 | t.number}, t.waiting()); fault == 0 {
				return 0
			}
		}
		return errTimeout
	}
	return errContext
}

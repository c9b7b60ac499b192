package sim

import (
	"time"

	"example.org/inloop/devices/iso14443a"
)

// later is an answer that is there from a time on; nil before it is known.
type later = func(now time.Time) ([]byte, time.Time)

// run gives how a command is answered that begins at a time (user manual 7).
func (c *PN532) run(code byte, p []byte, begins time.Time) later {
	set := func(data ...byte) later {
		return func(time.Time) ([]byte, time.Time) { return c.wrap(code, data...), begins.Add(c.options.Latency) }
	}
	switch code {
	case 0x00: // Diagnose
		switch {
		case len(p) > 0 && p[0] == 0x00: // communication line: all of it comes back
			return set(p...)
		case len(p) == 1 && (p[0] == 0x01 || p[0] == 0x02): // ROM, RAM
			return set(0x00)
		}
	case 0x02: // GetFirmwareVersion
		return set(c.options.Firmware[:]...)
	case 0x04: // GetGeneralStatus
		return set(0x00, 0x00, byte(len(c.targets)), 0x00)
	case 0x06: // ReadRegister
		return set(make([]byte, len(p)/2)...)
	case 0x08, 0x16: // WriteRegister, PowerDown
		return set(0x00)
	case 0x12: // SetParameters
		if len(p) == 1 {
			c.auto = p[0]&0x10 != 0
			return set()
		}
	case 0x14: // SAMConfiguration
		if len(p) >= 1 && p[0] == 0x01 {
			c.sam, c.useIRQ = true, len(p) < 3 || p[2] == 0x01
			return set()
		}
	case 0x32: // RFConfiguration
		if len(p) >= 2 {
			c.configure(p)
			return set()
		}
	case 0x40: // InDataExchange
		if len(p) >= 1 {
			return c.exchange40(code, p, begins)
		}
	case 0x42: // InCommunicateThru
		if len(p) >= 1 && len(c.targets) > 0 {
			return c.speak(code, p, begins)
		}
	case 0x44, 0x52: // InDeselect, InRelease
		c.targets = nil
		return set(0x00)
	case 0x4A: // InListPassiveTarget
		if len(p) >= 2 && (p[0] == 1 || p[0] == 2) && p[1] == 0x00 && c.sam && (len(p) == 2 || !c.options.Coarse) {
			return c.listing(code, int(p[0]), p[2:], begins)
		}
	}
	return func(time.Time) ([]byte, time.Time) { return c.notUnderstood(), begins.Add(c.options.Latency) }
}

// configure is RFConfiguration: items 1, the field, and 5, the retries.
func (c *PN532) configure(p []byte) {
	switch {
	case p[0] == 0x01:
		c.field.power(p[1]&1 != 0)
		c.targets = nil
	case p[0] == 0x05 && len(p) == 4:
		if c.tries = int(p[3]) + 1; p[3] == 0xFF {
			c.tries = 0
		}
	}
}

// try is about how long the chip looks for a card once.
const try = 5 * time.Millisecond

// listing looks for cards again and again, for one with this UID when it is
// given (user manual 7.3.5).
func (c *PN532) listing(code byte, most int, uid []byte, begins time.Time) later {
	limit := c.tries // 0 for none
	if c.options.Impatient {
		limit = 2 // as a card that was active keeps silent once
	}
	next, left := begins, limit
	c.targets = nil
	// skip passes tries that find nobody, up to the one that begins at or after t.
	skip := func(t time.Time) {
		n := max(int((t.Sub(next)+try-1)/try), 0)
		if left > 0 {
			n = min(n, left)
			left -= n
		}
		next = next.Add(time.Duration(n) * try)
	}
	return func(now time.Time) ([]byte, time.Time) {
		skip(now.Add(-longest))
		for !next.After(now) && (left > 0 || limit == 0) {
			c.field.power(true)
			first, any := c.field.earliest()
			if !any || first.After(now) {
				skip(now.Add(1))
				continue
			}
			if skip(first); next.After(now) || left == 0 && limit > 0 {
				continue
			}
			found, took := c.look(most, uid)
			if len(found) > 0 {
				return c.wrap(code, found...), next.Add(took)
			}
			skip(next.Add(1))
		}
		if left == 0 && limit > 0 && !next.After(now) {
			return c.wrap(code, 0), next
		}
		return nil, now
	}
}

// longest is how far back tries are reckoned that nobody looked at.
const longest = time.Second

// look is one try: it gives the answer's data, nothing for nobody, and how long
// it took on the air.
func (c *PN532) look(most int, uid []byte) ([]byte, time.Duration) {
	data := []byte{0}
	took := time.Duration(0)
	for int(data[0]) < most {
		command := iso14443a.WUPA
		if data[0] > 0 || c.options.Halts && len(uid) == 0 {
			command = iso14443a.REQA
		}
		atqa := c.over(bitsOf([]byte{command})[:7])
		took += 300 * time.Microsecond
		if atqa == nil {
			break
		}
		card, sak, spent := c.choose(uid)
		if took += spent; card == nil {
			break
		}
		data[0]++
		a := atqa.bytes()
		data = append(append(data, data[0], a[1], a[0], sak, byte(len(card.uid))), card.uid...)
		c.targets = append(c.targets, card)
		if c.auto && sak&0x20 != 0 {
			ats := c.over(bitsOf(iso14443a.AppendCRC([]byte{0xE0, 0x50})))
			if ats == nil {
				break
			}
			b := ats.bytes()
			data = append(data, b[:len(b)-2]...)
		}
		if int(data[0]) < most {
			c.over(bitsOf(iso14443a.AppendCRC([]byte{iso14443a.HLTA, 0})))
			took += time.Millisecond
		}
	}
	if data[0] == 0 {
		return nil, took
	}
	return data, took
}

// over carries a frame to the cards and back, if the air allows.
func (c *PN532) over(frame bits) bits {
	if happens(c.rand, c.faults.Loss) {
		return nil
	}
	answers := c.field.carry(frame)
	if len(answers) == 0 || c.faults.Deaf || happens(c.rand, c.faults.Loss) {
		return nil
	}
	sum, _ := overlay(answers)
	return sum
}

// choose selects one of the woken cards, the one with the given UID, which
// comes with its cascade tags, or any.
func (c *PN532) choose(uid []byte) (card *Card, sak byte, took time.Duration) {
	for _, candidate := range c.field.lying() {
		parts := candidate.parts()
		if len(uid) > 0 && string(flat(parts)) != string(uid) {
			continue
		}
		chosen := true
		for level, part := range parts {
			sel := []byte{0x93, 0x95, 0x97}[level]
			frame := append([]byte{sel, 0x70}, part[:]...)
			answer := c.over(bitsOf(iso14443a.AppendCRC(append(frame, iso14443a.BCC(part)))))
			took += 2 * time.Millisecond
			if answer == nil || len(answer) != 24 {
				chosen = false
				break
			}
			sak = answer.bytes()[0]
		}
		if chosen {
			return candidate, sak, took
		}
	}
	return nil, 0, took
}

func flat(parts [][4]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p[:]...)
	}
	return out
}

// speak is InCommunicateThru: CRC_A is the chip's business, the rest the
// card's.
func (c *PN532) speak(code byte, command []byte, begins time.Time) later {
	answer := c.over(bitsOf(iso14443a.AppendCRC(append([]byte(nil), command...))))
	at := begins.Add(5 * time.Millisecond)
	data := []byte{0x01} // nobody answered in time
	if b := answer.bytes(); answer != nil && len(answer)%8 == 0 && len(b) > 2 && iso14443a.CRC(b[:len(b)-2]) == [2]byte(b[len(b)-2:]) {
		data = append([]byte{0x00}, b[:len(b)-2]...)
	} else if answer != nil {
		data = []byte{0x02}
	}
	return func(time.Time) ([]byte, time.Time) { return c.wrap(code, data...), at }
}

// exchange40 is InDataExchange: blocks to a card that speaks them, else the
// command as it is.
func (c *PN532) exchange40(code byte, p []byte, begins time.Time) later {
	at := begins.Add(5 * time.Millisecond)
	wrong := func(status byte) later {
		return func(time.Time) ([]byte, time.Time) { return c.wrap(code, status), at }
	}
	n := int(p[0] & 0x3F)
	if n < 1 || n > len(c.targets) {
		return wrong(0x27) // not in this context
	}
	card := c.targets[n-1]
	if card.dep == nil {
		return c.speak(code, p[1:], begins)
	}
	if happens(c.rand, c.faults.Loss) || c.faults.Deaf || !c.field.holds(card) {
		return wrong(0x01)
	}
	response := append([]byte{0x00}, card.dep.app(p[1:])...)
	return func(time.Time) ([]byte, time.Time) { return c.wrap(code, response...), at }
}

package sim

import (
	"slices"
	"time"

	"example.org/inloop/devices/iso14443a"
)

const (
	// try is about how long the chip looks for a card once.
	try = 5 * time.Millisecond
	// unheard is how long it waits for an answer to a frame of the search.
	unheard = time.Millisecond
	// longest is how far back tries are made up for that nobody looked at.
	longest = time.Second
)

// search is a listing that runs (user manual 7.3.5, 7.3.13).
type search struct {
	chip  *PN532
	most  int
	uid   []byte // the one that is wanted, with its cascade tags; nil for any
	fits  func(t *target) bool
	write func(found []*target) []byte // frame

	next  time.Time // try
	every time.Duration
	left  int // tries, less than 0 for as many as it takes
}

// beginSearch begins InListPassiveTarget or InAutoPoll.
func (c *PN532) beginSearch(code byte, p []byte, begins time.Time) later {
	s := &search{chip: c, next: begins, every: try, most: 2, left: -1, fits: func(*target) bool { return true }}
	switch {
	case code == 0x4A && len(p) >= 2 && (p[0] == 1 || p[0] == 2) && p[1] == 0x00 && slices.Contains([]int{0, 4, 8, 12}, len(p)-2):
		s.most, s.uid = int(p[0]), slices.Clone(p[2:])
		if c.retry.passive != 0xFF {
			s.left = int(c.retry.passive) + 1
		}
		if c.options.Impatient {
			s.left = 2 // a card that was active keeps silent at the first
		}
		s.write = func(found []*target) []byte { return c.wrap(code, listed(found)...) }
	case code == 0x60 && len(p) >= 3 && len(p) <= 17 && p[0] > 0 && p[1] >= 1 && p[1] <= 15:
		types := slices.Clone(p[2:])
		s.every = time.Duration(len(types)) * time.Duration(p[1]) * 150 * time.Millisecond
		if p[0] != 0xFF {
			s.left = int(p[0])
		}
		s.fits = func(t *target) bool { return slices.Contains(types, 0x00) || slices.Contains(types, t.kind()) }
		s.write = func(found []*target) []byte { return c.wrap(code, polled(found)...) }
	default:
		c.violate("command %02X % X: not of the manual's form, or not simulated", code, p)
		return c.refuse(begins)
	}
	c.targets = nil
	c.set106()
	return s.look
}

// look brings the search up to now. A chip alone would have tried all along;
// only tries that could find somebody are made here.
func (s *search) look(now time.Time) ([]byte, time.Time) {
	c := s.chip
	for s.left != 0 && !s.next.After(now) {
		able, any := c.field.earliest()
		switch old := now.Add(-longest); {
		case !any || able.After(now) || c.hiss || c.options.Blind:
			s.pass(now.Add(1))
		case s.next.Before(able):
			s.pass(able)
		case s.next.Before(old):
			s.pass(old)
		default:
			c.spent = 0
			found := slices.DeleteFunc(c.find(s.most, s.uid), func(t *target) bool { return !s.fits(t) })
			if len(found) > 0 && (len(found) == s.most || !c.options.Insists || len(s.uid) > 0) {
				c.targets = found
				return s.write(found), s.next.Add(c.spent + c.options.Answer)
			}
			s.pass(s.next.Add(max(c.spent, 1)))
		}
	}
	if s.left == 0 && !s.next.After(now) {
		return s.write(nil), s.next.Add(c.options.Answer)
	}
	return nil, now
}

// pass lets tries go by in vain, until the one at or after t.
func (s *search) pass(t time.Time) {
	n := int((t.Sub(s.next) + s.every - 1) / s.every)
	if s.left > 0 {
		n = min(n, s.left)
		s.left -= n
	}
	s.next = s.next.Add(time.Duration(n) * s.every)
}

// find is one try: the cards that it selects, of which the last stays so and
// those before are put to sleep.
func (c *PN532) find(most int, uid []byte) []*target {
	var found []*target
	wake := iso14443a.WUPA
	if c.options.Halts && len(uid) == 0 {
		wake = iso14443a.REQA
	}
	for len(found) < most {
		// Cards of different sizes overlay in their ATQA: that is no error.
		atqa, _ := c.over(bitsOf([]byte{wake})[:7], unheard)
		if len(atqa) != 16 {
			break
		}
		t := c.selectCard(uid)
		if t == nil || !c.activate(t) {
			break
		}
		t.atqa = [2]byte(atqa.bytes())
		found = append(found, t)
		if len(uid) > 0 {
			break
		}
		if len(found) < most {
			c.leave(t)
		}
		wake = iso14443a.REQA
	}
	return found
}

// selectCard goes through the cascade levels, by anticollision or, where the
// UID is given, without.
func (c *PN532) selectCard(uid []byte) *target {
	t := &target{}
	for _, sel := range [3]byte{0x93, 0x95, 0x97} {
		var part [4]byte
		switch at := 4 * len(t.parts); {
		case len(uid) == 0:
			heard, ok := c.anticollide(sel)
			if !ok {
				return nil
			}
			part = heard
		case len(uid) < at+4:
			return nil // the card has more levels than the UID
		default:
			part = [4]byte(uid[at:])
		}
		sak, ok := c.choose(sel, part)
		if !ok {
			return nil
		}
		if t.parts, t.sak = append(t.parts, part), sak; sak&0x04 == 0 {
			if len(uid) > 0 && len(uid) != 4*len(t.parts) {
				return nil
			}
			return t
		}
	}
	return nil
}

// anticollide gives a level's UID bytes, of one of the cards that answer (ISO/IEC
// 14443-3, 6.5.3): at a collision it goes on with those that have a one there.
func (c *PN532) anticollide(sel byte) (part [4]byte, ok bool) {
	var known bits
	for range 33 {
		n := len(known)
		frame := append(bitsOf([]byte{sel, byte(2+n/8)<<4 | byte(n%8)}), known...)
		answer, collision := c.over(frame, unheard)
		if len(answer) != 40-n {
			return part, false
		}
		if collision == 0 {
			b := append(known, answer...).bytes()
			part = [4]byte(b)
			return part, iso14443a.BCC(part) == b[4]
		}
		known = append(append(known, answer[:collision-1]...), 1)
	}
	return part, false
}

// choose is SELECT.
func (c *PN532) choose(sel byte, part [4]byte) (sak byte, ok bool) {
	b := append([]byte{sel, 0x70}, part[:]...)
	answer, fault := c.ask(append(b, iso14443a.BCC(part)), unheard)
	if fault != 0 || len(answer) != 1 {
		return 0, false
	}
	return answer[0], true
}

// listed is what a listing answers.
func listed(found []*target) []byte {
	data := []byte{byte(len(found))}
	for i, t := range found {
		data = append(data, t.describe(byte(i+1))...)
	}
	return data
}

// polled is what polling answers: each card with its kind and a length.
func polled(found []*target) []byte {
	data := []byte{byte(len(found))}
	for i, t := range found {
		d := t.describe(byte(i + 1))
		data = append(append(data, t.kind(), byte(len(d))), d...)
	}
	return data
}

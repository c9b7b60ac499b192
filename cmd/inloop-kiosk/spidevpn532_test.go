package main

import (
	"bytes"
	"math/bits"
	"sync"
	"testing"
	"time"

	"example.org/inloop/kiosk"
)

// airPN532 is a second model of the PN532, written from the user manual alone
// and sharing nothing with package sim, in real time and byte by byte.
type airPN532 struct {
	lead int // zeros before a start code

	mu    sync.Mutex
	cards []*airCard

	frame  []byte // of this chip select
	awake  bool
	queue  [][]byte // frames that wait to be read, the acknowledgement first
	due    time.Time
	last   []byte // answer, for NACK
	lists  bool   // a listing waits for a card
	most   int
	wanted []byte // UID that is listed for alone, with its cascade tags
	auto   bool   // auto-RATS
}

func (c *airPN532) lay(cards ...*airCard) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cards = cards
}

// listing tells whether a listing waits for a card.
func (c *airPN532) listing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lists
}

// selects ends the frame before and begins one. The kernel says nothing of a
// rising chip select, so what was written is taken when the next one falls, or
// when the status is asked for.
func (c *airPN532) selects() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end()
}

// end takes what a frame has written.
func (c *airPN532) end() {
	f := c.frame
	c.frame = nil
	// A byte of zeros at 1 MHz is 8 µs: 250 of them wake the chip.
	if !c.awake && len(f) >= 200 && bytes.Equal(f, make([]byte, len(f))) {
		c.awake = true
		return
	}
	if len(f) > 1 && f[0] == 0x01 && c.awake {
		c.take(f[1:])
	}
	if len(f) > 1 && f[0] == 0x03 && len(c.queue) > 0 {
		c.queue = c.queue[1:]
		c.due = time.Now().Add(300 * time.Microsecond)
	}
}

func (c *airPN532) shift(mosi byte) (miso byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := bits.Reverse8(mosi)
	at := len(c.frame)
	c.frame = append(c.frame, in)
	if !c.awake || at == 0 {
		return 0
	}
	switch c.frame[0] {
	case 0x02:
		if c.ready() {
			return bits.Reverse8(1)
		}
	case 0x03:
		if c.ready() && at-1 < len(c.queue[0]) {
			return bits.Reverse8(c.queue[0][at-1])
		}
	}
	return 0
}

func (c *airPN532) ready() bool {
	if len(c.queue) == 0 && c.lists {
		if data := c.list(); data != nil {
			c.lists = false
			c.answer(0x4A, data...)
		}
	}
	return len(c.queue) > 0 && !time.Now().Before(c.due)
}

func (c *airPN532) take(b []byte) {
	at := bytes.Index(b, []byte{0x00, 0xFF})
	if at < 0 || len(b) < at+4 {
		return
	}
	b = b[at+2:]
	switch {
	case b[0] == 0x00 && b[1] == 0xFF: // ACK: whatever runs is over
		c.queue, c.lists = nil, false
		return
	case b[0] == 0xFF && b[1] == 0x00:
		c.queue, c.due = [][]byte{c.last}, time.Now()
		return
	}
	n := int(b[0])
	if b[0]+b[1] != 0 || len(b) < 2+n+1 || n < 2 || b[2] != 0xD4 {
		return
	}
	var sum byte
	for _, v := range b[2 : 2+n+1] {
		sum += v
	}
	if sum != 0 {
		return
	}
	c.queue, c.lists = [][]byte{{0, 0, 0xFF, 0, 0xFF, 0}}, false
	c.due = time.Now().Add(300 * time.Microsecond)
	c.run(b[3], b[4:2+n])
}

func (c *airPN532) run(code byte, p []byte) {
	switch code {
	case 0x00:
		if len(p) > 0 && p[0] == 0 {
			c.answer(code, p...)
		} else {
			c.answer(code, 0)
		}
	case 0x02:
		c.answer(code, 0x32, 0x01, 0x06, 0x07)
	case 0x12:
		c.auto = p[0]&0x10 != 0
		c.answer(code)
	case 0x14, 0x32:
		c.answer(code)
	case 0x4A:
		c.lists, c.most, c.wanted = true, int(p[0]), bytes.Clone(p[2:])
	default:
		c.queue = append(c.queue, []byte{0, 0, 0xFF, 1, 0xFF, 0x7F, 0x81, 0})
	}
}

// list gives the cards that lie there, nil for none.
func (c *airPN532) list() []byte {
	data := []byte{0}
	for _, card := range c.cards {
		uid := card.uid
		if len(c.wanted) > 0 && !bytes.HasSuffix(c.wanted, uid[len(uid)-4:]) {
			continue
		}
		if int(data[0]) == c.most {
			break
		}
		data[0]++
		data = append(data, data[0], 0x00, 0x04|byte(len(uid)/3-1)<<6, 0x08, byte(len(uid)))
		data = append(data, uid...)
	}
	if data[0] == 0 {
		return nil
	}
	return data
}

func (c *airPN532) answer(code byte, data ...byte) {
	body := append([]byte{0xD5, code + 1}, data...)
	f := append(make([]byte, c.lead), 0xFF, byte(len(body)), -byte(len(body)))
	f = append(f, body...)
	var sum byte
	for _, v := range body {
		sum += v
	}
	c.last = append(f, -sum, 0)
	c.queue = append(c.queue, c.last)
}

// The unchanged program finds the other chip by itself.
func TestSpidev_PN532(t *testing.T) {
	for _, lead := range []int{1, 2, 3} {
		node := newSpidev(t)
		chip := &airPN532{lead: lead}
		node.chip = chip
		node.link(t)
		p := startPi(t)
		p.reader(kiosk.LevelGreen)
		p.wait("the listing", chip.listing)
		before, start := node.traffic(), time.Now()
		p.wait("two seconds", func() bool { return time.Since(start) > 1900*time.Millisecond })
		after := node.traffic()
		polls := time.Since(start).Seconds() * 20
		t.Logf("idle: %.2f ioctls and %.1f bytes a poll", float64(after.ioctls-before.ioctls)/polls, float64(after.bytes-before.bytes)/polls)
		if float64(after.bytes-before.bytes)/polls > 8 {
			t.Error("an idle poll costs more than a status byte and a share of the health check")
		}
		p.tap(chip, "4 bytes", 1, newAirCard(0x1B, 0xBB, 0x89, 0x04))
		p.tap(chip, "7 bytes", 1, newAirCard(0x04, 0x8D, 0x24, 0x32, 0x27, 0x3B, 0x80))
		p.tap(chip, "10 bytes", 1, newAirCard(0x04, 1, 2, 3, 4, 5, 6, 7, 8, 9))
		p.tap(chip, "two at once", 2, newAirCard(0x21, 0x22, 0x23, 0x24), newAirCard(0x04, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57))
		p.tap(chip, "a phone", 0, newAirCard(0x08, 0xDF, 0xBF, 0xF2))

		// The chip is swapped for the other one, and back.
		mfrc522 := newAirChip(airHabits{})
		node.change(func(n *spidev) { n.chip = mfrc522 })
		took := p.wait("the other chip set up", mfrc522.ready)
		t.Logf("swapped: set up after %s", took.Round(time.Millisecond))
		p.tap(mfrc522, "on the other chip", 1, newAirCard(0x31, 0x32, 0x33, 0x34))
		back := &airPN532{lead: lead}
		node.change(func(n *spidev) { n.chip = back })
		took = p.wait("the first chip set up again", back.listing)
		t.Logf("swapped back: set up after %s", took.Round(time.Millisecond))
		p.tap(back, "on the first chip again", 1, newAirCard(0x41, 0x42, 0x43, 0x44))
		p.end()
		node.unlink(t)
	}
}

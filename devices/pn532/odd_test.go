package pn532_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// between stands between driver and chip: it sees what is sent, in the chip's
// order of bits, and drops what does not pass.
type between struct {
	spi.PortCloser
	spi.Conn
	passes func(w []byte) bool
}

func (b *between) Connect(f physic.Frequency, m spi.Mode, n int) (c spi.Conn, err error) {
	b.Conn, err = b.PortCloser.Connect(f, m, n)
	return b, err
}

func (b *between) String() string { return "between" }

func (b *between) Tx(w, r []byte) error {
	turned := make([]byte, len(w))
	for i, v := range w {
		turned[i] = bits.Reverse8(v)
	}
	if b.passes(turned) {
		return b.Conn.Tx(w, r)
	}
	clear(r)
	return nil
}

// newFilteredRig is a rig whose chip hears only the frames that passes takes.
func newFilteredRig(t testing.TB, o sim.PN532Options, passes func(w []byte) bool) *rig {
	t.Helper()
	b := &rig{t: t, clock: simtest.NewClock(), field: sim.NewField()}
	o.Clock, o.Transfer = b.clock, 20*time.Microsecond
	b.chip = sim.NewPN532(b.field, o)
	b.device = pn532.New(func() (spi.PortCloser, error) {
		port, err := b.chip.Open()
		return &between{PortCloser: port, passes: passes}, err
	}, pn532.Options{Clock: b.clock})
	if err := b.device.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// Not every chip repeats an answer: none is lost for that, and none is trusted
// that was listed once only: the card is read by frames.
func TestScan_ChipThatRepeatsNothing(t *testing.T) {
	nack := []byte{0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00}
	for _, lead := range []int{1, 2, 3} {
		for _, laid := range [][]string{{other}, {badge}, {long}, {badge, other}, {long, badge}} {
			t.Run(fmt.Sprintf("%v, %d zeros", laid, lead), func(t *testing.T) {
				b := newFilteredRig(t, sim.PN532Options{Lead: lead}, func(w []byte) bool {
					return !bytes.Contains(w, nack)
				})
				b.polls(3)
				for range 2 {
					var cards []*sim.Card
					for _, uid := range laid {
						cards = append(cards, simtest.Card(t, uid))
						b.field.Lay(cards[len(cards)-1])
					}
					want := slices.Clone(laid)
					slices.Sort(want)
					if got := b.polls(5); !slices.Equal(got, want) {
						t.Errorf("read %v, want %v", got, want)
					}
					for _, c := range cards {
						b.field.Take(c)
					}
					b.polls(10)
				}
				b.checkViolations()
			})
		}
	}
}

// A chip that takes no frames as they are has its listings only: both of two cards
// are read by them, also where a listing for two waits for the second one.
func TestScan_ChipThatOnlyLists(t *testing.T) {
	for _, o := range []sim.PN532Options{{}, {Insists: true}} {
		t.Run(fmt.Sprintf("insists %v", o.Insists), func(t *testing.T) {
			b := newRefusingRig(t, 0x42, o)
			for range 2 {
				one, two := simtest.Card(t, badge), simtest.Card(t, other)
				b.field.Lay(one)
				if got := b.polls(6); !slices.Equal(got, []string{badge}) {
					t.Errorf("one card: read %v", got)
				}
				b.field.Lay(two)
				// A chip that insists is asked for one: which of two that is, is its own.
				if got := b.polls(6); !slices.Equal(got, []string{badge, other}) && !o.Insists {
					t.Errorf("two cards: read %v", got)
				}
				b.field.Take(one)
				b.polls(3)
				if got := b.polls(6); !slices.Equal(got, []string{other}) {
					t.Errorf("the second alone: read %v", got)
				}
				b.field.Take(two)
				b.polls(10)
			}
		})
	}
}

// Such a chip is looked for a card by its listings, too.
func TestFind_ChipThatOnlyLists(t *testing.T) {
	for _, refused := range []byte{0x08, 0x42} { // WriteRegister, InCommunicateThru
		t.Run(fmt.Sprintf("%02X", refused), func(t *testing.T) {
			b := newRefusingRig(t, refused, sim.PN532Options{})
			c := simtest.Card(t, badge)
			b.field.Lay(c)
			b.field.Lay(simtest.Card(t, other))
			b.polls(4)
			for _, uid := range []string{badge, other, badge} {
				if s, err := b.device.Find(t.Context(), simtest.UID(t, uid)); err != nil || s.Presence != iso14443a.PresenceSeen {
					t.Errorf("%s is %v, %v", uid, s.Presence, err)
				}
			}
			b.field.Take(c)
			if s, err := b.device.Find(t.Context(), simtest.UID(t, badge)); err != nil || s.Presence != iso14443a.PresenceMissing {
				t.Errorf("taken away: %v, %v", s.Presence, err)
			}
			if got := b.polls(3); !slices.Equal(got, []string{other}) {
				t.Errorf("read %v", got)
			}
		})
	}
}

// newRefusingRig is a rig whose chip does not know a command: another
// one that it does not know comes in its place.
func newRefusingRig(t testing.TB, code byte, o sim.PN532Options) *rig {
	t.Helper()
	b := &rig{t: t, clock: simtest.NewClock(), field: sim.NewField()}
	o.Host = sim.Host{Clock: b.clock, Transfer: 20 * time.Microsecond}
	b.chip = sim.NewPN532(b.field, o)
	b.device = pn532.New(func() (spi.PortCloser, error) {
		port, err := b.chip.Open()
		return &refusing{between: between{PortCloser: port}, code: code}, err
	}, pn532.Options{Clock: b.clock})
	if err := b.device.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// refusing is between driver and chip, and puts an unknown command in the place
// of one.
type refusing struct {
	between
	code byte
}

func (r *refusing) Connect(f physic.Frequency, m spi.Mode, n int) (c spi.Conn, err error) {
	r.Conn, err = r.PortCloser.Connect(f, m, n)
	return r, err
}

func (r *refusing) Tx(w, in []byte) error {
	if len(w) > 7 && bits.Reverse8(w[6]) == 0xD4 && bits.Reverse8(w[7]) == r.code {
		w = []byte{0x01, 0x00, 0x00, 0xFF, 0x02, 0xFE, 0xD4, 0x7E, 0xAE, 0x00}
		for i := range w {
			w[i] = bits.Reverse8(w[i])
		}
		return r.Conn.Tx(w, make([]byte, len(w)))
	}
	return r.Conn.Tx(w, in)
}

// What a chip does not acknowledge in time goes out once more (user manual
// 6.2.3).
func TestSend_LostCommandGoesOutAgain(t *testing.T) {
	commands, every := 0, 0
	b := newFilteredRig(t, sim.PN532Options{}, func(w []byte) bool {
		if every == 0 || len(w) < 8 || w[0] != 0x01 {
			return true
		}
		commands++
		return commands%every != 0
	})
	every = 3
	b.field.Lay(simtest.Card(t, badge))
	if got := b.polls(20); !slices.Equal(got, []string{badge}) {
		t.Errorf("read %v", got)
	}
	b.pause(2 * time.Second)
	if err := b.device.Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
	every = 1
	if _, err := b.device.Scan(t.Context()); !errors.Is(err, pn532.ErrNoChip) {
		t.Errorf("nothing gets through: %v, want %v", err, pn532.ErrNoChip)
	}
}

// A supply that dipped: the chip answers as before, and lists nobody.
func TestCheck_ChipThatForgotItsSettings(t *testing.T) {
	for _, pins := range []bool{false, true} {
		t.Run(fmt.Sprintf("pins %v", pins), func(t *testing.T) {
			b := newRig(t, sim.PN532Options{}, pins)
			b.polls(3)
			b.chip.BrownOut()
			b.pause(10 * time.Millisecond) // it boots
			b.wakeBehindItsBack()
			if err := b.device.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.field.Lay(simtest.Card(t, badge))
			if got := b.polls(3); !slices.Equal(got, []string{badge}) {
				t.Errorf("read %v", got)
			}
			b.checkViolations()
		})
	}
}

// What the watch costs, and that nobody who comes meanwhile waits longer.
func TestCheck_WhatItCosts(t *testing.T) {
	b := newRig(t, sim.PN532Options{}, false)
	b.polls(4)
	b.chip.Cost()
	began := b.clock.Now()
	if err := b.device.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	cost, spent := b.chip.Cost(), b.clock.Now().Sub(began)
	t.Logf("nobody there: %+v, %v", cost, spent)
	if cost.Selects > 30 || cost.Bytes > 220 || spent > 25*time.Millisecond {
		t.Errorf("nobody there: %+v, %v", cost, spent)
	}
	b.field.Lay(simtest.Card(t, badge))
	b.pause(15 * time.Millisecond)
	if got, err := b.device.Scan(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("laid down after a check: %d cards at the next look, %v", len(got), err)
	}
	b.polls(2)
	b.chip.Cost()
	if err := b.device.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if cost := b.chip.Cost(); cost != (sim.Cost{}) {
		t.Errorf("a card lies there: %+v", cost)
	}
	b.checkViolations()
}

// wakeBehindItsBack does what a chip may do by itself when its supply is back.
func (b *rig) wakeBehindItsBack() {
	b.t.Helper()
	port, err := b.chip.Open()
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = port.Close() }() // a second one on the same chip: nothing hangs on it
	c, err := port.Connect(physic.MegaHertz, spi.Mode0, 8)
	if err != nil {
		b.t.Fatal(err)
	}
	zeros := make([]byte, 251)
	if err := c.Tx(zeros, make([]byte, len(zeros))); err != nil {
		b.t.Fatal(err)
	}
}

func TestOpen_FullSpeedAfterAnyOutage(t *testing.T) {
	for outage := range 7 {
		b := newRig(t, sim.PN532Options{}, false)
		b.chip.SetDefects(sim.Defects{Gone: true})
		for range outage {
			if err := b.device.Open(t.Context()); !errors.Is(err, pn532.ErrNoChip) {
				t.Errorf("no chip: %v", err)
			}
			b.pause(time.Second)
		}
		b.chip.SetDefects(sim.Defects{})
		if err := b.device.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r, err := b.device.Details(); err != nil || r.Speed != pn532.DefaultSpeed {
			t.Errorf("after %d tries without a chip it runs at %v, %v", outage, r.Speed, err)
		}
	}
}

// A chip that says nothing costs no call more than its deadline.
func TestDeadlines_SilentChip(t *testing.T) {
	uid := simtest.UID(t, badge)
	for name, f := range map[string]sim.Defects{"MISO low": {MISO: sim.MISOLow}, "MISO high": {MISO: sim.MISOHigh}, "gone": {Gone: true}} {
		for _, pins := range []bool{false, true} {
			for call, do := range map[string]func(*rig) error{
				"open":  func(b *rig) error { return b.device.Open(t.Context()) },
				"check": func(b *rig) error { return b.device.Check(t.Context()) },
				"find":  func(b *rig) error { _, err := b.device.Find(t.Context(), uid); return err },
				"test":  func(b *rig) error { return b.device.SelfTest(t.Context()) },
				"fresh": func(b *rig) error { return b.device.Refresh(t.Context()) },
				"talk": func(b *rig) error {
					return b.device.Talk(t.Context(), iso14443a.Target{UID: uid}, nil)
				},
				"close": func(b *rig) error { return errors.Join(b.device.Close(), pn532.ErrNoChip) },
			} {
				t.Run(fmt.Sprintf("%s, %s, pins %v", call, name, pins), func(t *testing.T) {
					b := newRig(t, sim.PN532Options{}, pins)
					b.chip.SetDefects(f)
					began := b.clock.Now()
					if err := do(b); !errors.Is(err, pn532.ErrNoChip) {
						t.Errorf("%v, want %v", err, pn532.ErrNoChip)
					}
					if spent := b.clock.Now().Sub(began); spent > 250*time.Millisecond {
						t.Errorf("took %v", spent)
					}
				})
			}
		}
	}
}

// stuckPin is an input that follows nothing, and returns from every wait at
// once.
type stuckPin struct {
	gpio.PinIO
	level gpio.Level
	fails bool
}

func (p *stuckPin) Read() gpio.Level               { return p.level }
func (p *stuckPin) WaitForEdge(time.Duration) bool { return true }
func (p *stuckPin) In(gpio.Pull, gpio.Edge) error {
	if p.fails {
		return errors.New("busy")
	}
	return nil
}

func TestInterrupt_PinThatDoesNotFollowTheChip(t *testing.T) {
	for name, pin := range map[string]*stuckPin{
		"high": {gpio.INVALID, gpio.High, false}, "low": {gpio.INVALID, gpio.Low, false}, "taken": {gpio.INVALID, gpio.High, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newRig(t, sim.PN532Options{}, false)
			b.device = pn532.New(b.chip.Open, pn532.Options{Clock: b.clock, IRQ: pin})
			if err := b.device.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			if r, err := b.device.Details(); err != nil || r.IRQ {
				t.Errorf("the pin is trusted: %+v, %v", r, err)
			}
			b.field.Lay(simtest.Card(t, badge))
			if got := b.polls(3); !slices.Equal(got, []string{badge}) {
				t.Errorf("read %v", got)
			}
			b.checkViolations()
		})
	}
}

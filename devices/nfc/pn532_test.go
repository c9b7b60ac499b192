package nfc_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"example.org/inloop/kiosk"
)

// newPN532Room is a room whose reader is a PN532.
func newPN532Room(t *testing.T, o sim.PN532Options, pins bool) (*room, *sim.PN532) {
	t.Helper()
	r := &room{t: t, field: sim.NewField(), log: &bytes.Buffer{}}
	chip := sim.NewPN532(r.field, o)
	options := pn532.Options{}
	if pins {
		options.IRQ, options.Reset = chip.IRQ(), chip.Reset()
	}
	r.start(pn532.New(chip.Open, options))
	return r, chip
}

// Both ways in which the chip may list, with its pins wired and without.
func eachPN532(t *testing.T, do func(*testing.T, *room, *sim.PN532)) {
	for name, o := range map[string]sim.PN532Options{
		"lists all": {}, "lists no halted card": {Halts: true},
		"gives up at once": {Impatient: true},
	} {
		for pinned, pins := range map[string]bool{"": false, ", pins": true} {
			t.Run(name+pinned, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r, chip := newPN532Room(t, o, pins)
					defer r.stop()
					do(t, r, chip)
					if v := chip.Violations(); len(v) > 0 {
						t.Errorf("against the manual: %v", v)
					}
				})
			})
		}
	}
}

func TestPN532_OnePresentationIsOneTap(t *testing.T) {
	for _, uid := range []string{badge, other, long, "88010203"} {
		eachPN532(t, func(t *testing.T, r *room, _ *sim.PN532) {
			c := simtest.Card(t, uid)
			r.field.Lay(c)
			simtest.Pause(120 * time.Millisecond)
			r.expect("laid down", uid)
			simtest.Pause(lasting(30 * time.Second))
			r.expect("while it lies there")
			r.field.Take(c)
			simtest.Pause(3 * time.Second)
			r.expect("gone")
			r.field.Lay(c)
			simtest.Pause(120 * time.Millisecond)
			r.expect("laid down again", uid)
		})
	}
}

// One guest pass for five guests, one after the other.
func TestPN532_EachGuestOfOnePass(t *testing.T) {
	eachPN532(t, func(t *testing.T, r *room, _ *sim.PN532) {
		pass := simtest.Card(t, badge)
		for guest := range 5 {
			r.field.Lay(pass)
			simtest.Pause(600 * time.Millisecond)
			r.field.Take(pass)
			simtest.Pause(time.Second)
			r.expect(fmt.Sprintf("guest %d", guest+1), badge)
		}
	})
}

func TestPN532_TwoCardsAndAnotherAfterThem(t *testing.T) {
	eachPN532(t, func(t *testing.T, r *room, _ *sim.PN532) {
		first, second := simtest.Card(t, badge), simtest.Card(t, other)
		r.field.Lay(first)
		simtest.Pause(time.Second)
		r.field.Lay(second)
		simtest.Pause(time.Second)
		r.expect("one after the other", badge, other)
		simtest.Pause(lasting(20 * time.Second))
		r.expect("both lie there")
		r.field.Take(first)
		simtest.Pause(2 * time.Second)
		r.field.Lay(simtest.Card(t, long))
		simtest.Pause(time.Second)
		r.expect("a third for the first", long)
	})
}

func TestPN532_OneTapThroughFrameLoss(t *testing.T) {
	eachPN532(t, func(t *testing.T, r *room, chip *sim.PN532) {
		if strings.Contains(t.Name(), "gives_up_at_once") {
			return // two tries in a look are too few for a card that is held so badly
		}
		chip.SetDefects(sim.Defects{Loss: 0.25})
		c := simtest.Card(t, badge)
		r.field.Lay(c)
		if strings.HasSuffix(t.Name(), "lists_all") {
			simtest.Pause(lasting(9 * time.Minute))
		}
		simtest.Pause(time.Minute)
		r.expect("while it lies there", badge)
		r.field.Take(c)
		simtest.Pause(4 * time.Second)
		r.field.Lay(c)
		simtest.Pause(4 * time.Second)
		r.expect("laid down again", badge)
	})
}

// A chip that is asked for two cards and insists on them is asked for one.
func TestPN532_ChipThatWaitsForTwoCards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newPN532Room(t, sim.PN532Options{Insists: true}, false)
		defer r.stop()
		for range 5 {
			c := simtest.Card(t, badge)
			r.field.Lay(c)
			simtest.Pause(6 * time.Second)
			r.expect("laid down", badge)
			r.field.Take(c)
			simtest.Pause(4 * time.Second)
		}
		r.expect("taken away")
	})
}

func TestPN532_APhoneIsOneTap(t *testing.T) {
	eachPN532(t, func(t *testing.T, r *room, _ *sim.PN532) {
		phone := sim.NewPhone(1)
		r.field.Lay(phone)
		simtest.Pause(lasting(20 * time.Second))
		if got := r.taps(); len(got) != 1 || got[0][:2] != "08" {
			t.Errorf("taps %v, want one of a phone", got)
		}
	})
}

func TestPN532_HealsByItself(t *testing.T) {
	for _, tt := range []struct {
		name   string
		strike func(*sim.PN532)
		mend   bool
		within time.Duration // from strike or mending to a tap
	}{
		{"brown-out", (*sim.PN532).BrownOut, false, 2500 * time.Millisecond},
		{"hung, reset pin wired", (*sim.PN532).Hang, false, 3 * time.Second},
		{"receiver gone deaf", (*sim.PN532).GoDeaf, false, 10500 * time.Millisecond},
		{"gone", func(c *sim.PN532) { c.SetDefects(sim.Defects{Gone: true}) }, true, 2 * time.Second},
		{"bus dead", func(c *sim.PN532) { c.SetDefects(sim.Defects{Bus: true}) }, true, 2 * time.Second},
		{"MISO low", func(c *sim.PN532) { c.SetDefects(sim.Defects{MISO: sim.MISOLow}) }, true, 2 * time.Second},
		{"MISO high", func(c *sim.PN532) { c.SetDefects(sim.Defects{MISO: sim.MISOHigh}) }, true, 2 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, chip := newPN532Room(t, sim.PN532Options{}, true)
				defer r.stop()
				simtest.Pause(time.Minute)
				struck := time.Now()
				tt.strike(chip)
				if tt.mend {
					simtest.Pause(time.Minute)
					red := r.last()
					if red.Level != kiosk.LevelRed || red.Reason != nfc.ReasonGone || red.at.Sub(struck) > 5*time.Second {
						t.Errorf("the light is %+v after %v", red.Health, red.at.Sub(struck))
					}
					t.Logf("%-24s red after %v", tt.name, red.at.Sub(struck))
					chip.SetDefects(sim.Defects{})
					struck = time.Now()
				}
				r.field.Lay(simtest.Card(t, badge))
				tap, err := r.reader.Next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if healed := tap.At.Wall.Sub(struck); healed > tt.within {
					t.Errorf("healed after %v, want within %v", healed, tt.within)
				} else {
					t.Logf("%-24s healed after %v", tt.name, healed)
				}
			})
		})
	}
}

// Whichever chip is on the bus is found, also when it is swapped for the other.
func TestAnyChip_FindsTheChipThatWasSwappedIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{t: t, field: sim.NewField(), log: &bytes.Buffer{}}
		slot := sim.NewSlot(r.field)
		slot.Plug(sim.PluggedPN532)
		r.start(nfc.NewAnyChip(mfrc522.New(slot.Open, mfrc522.Options{}), pn532.New(slot.Open, pn532.Options{})))
		defer r.stop()
		simtest.Pause(2 * time.Second)
		for i, chip := range []sim.Plugged{sim.PluggedPN532, sim.PluggedMFRC522, sim.PluggedPN532, sim.PluggedNone, sim.PluggedMFRC522} {
			slot.Plug(chip)
			simtest.Pause(10 * time.Second)
			light := r.last()
			if (light.Level == kiosk.LevelGreen) != (chip != sim.PluggedNone) {
				t.Errorf("swap %d: the light is %+v", i, light.Health)
			}
			c := simtest.Card(t, badge)
			r.field.Lay(c)
			simtest.Pause(time.Second)
			r.field.Take(c)
			simtest.Pause(3 * time.Second)
			if got := len(r.taps()); (got == 1) != (chip != sim.PluggedNone) {
				t.Errorf("swap %d: %d taps", i, got)
			}
		}
	})
}

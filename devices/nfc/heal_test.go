package nfc_test

import (
	"bytes"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/spi"

	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"example.org/inloop/kiosk"
)

// What strikes once is healed by nobody but the reader: the next card is read
// within the time that is told here for each fault.
func TestRun_HealsByItself(t *testing.T) {
	for _, tt := range []struct {
		name   string
		strike func(*sim.MFRC522)
		within time.Duration // from the strike to the tap of a card laid down then
	}{
		{"brown-out", (*sim.MFRC522).BrownOut, 2200 * time.Millisecond},
		{"discharge into TxControlReg: the field is off", func(c *sim.MFRC522) { c.Disturb(0x14, 0x80) }, 2200 * time.Millisecond},
		{"discharge into TModeReg: no timer", func(c *sim.MFRC522) { c.Disturb(0x2A, 0) }, 500 * time.Millisecond},
		{"discharge into TxASKReg: no card hears", func(c *sim.MFRC522) { c.Disturb(0x15, 0) }, 2200 * time.Millisecond},
		{"discharge into RFCfgReg: gain", func(c *sim.MFRC522) { c.Disturb(0x26, 0x18) }, 2200 * time.Millisecond},
		{"stuck crypto", (*sim.MFRC522).StickCrypto, 2200 * time.Millisecond},
		{"latched up, reset pin wired", (*sim.MFRC522).Latch, 2500 * time.Millisecond},
		{"receiver gone deaf", (*sim.MFRC522).GoDeaf, 10300 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &room{t: t, field: sim.NewField(), log: &bytes.Buffer{}}
				r.chip = sim.NewMFRC522(r.field, sim.MFRC522Options{})
				r.start(mfrc522.New(r.chip.Open, mfrc522.Options{Reset: r.chip.Reset()}))
				defer r.stop()
				simtest.Pause(time.Minute)
				struck := time.Now()
				tt.strike(r.chip)
				r.field.Lay(simtest.Card(t, badge))
				tap, err := r.reader.Next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				healed := tap.At.Wall.Sub(struck)
				if healed > tt.within {
					t.Errorf("healed after %v, want within %v", healed, tt.within)
				}
				t.Logf("%-46s healed after %v", tt.name, healed)
				if l := r.last(); l.Health != (kiosk.Health{Part: nfc.HealthPart, Level: kiosk.LevelGreen}) {
					t.Errorf("the light is %+v", l.Health)
				}
			})
		})
	}
}

// After a long outage openings are a second apart; the next outage is tried
// soon again, since most last for a moment only.
func TestRun_BackOffBeginsAnewOnceTheChipWorked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{t: t, field: sim.NewField(), log: &bytes.Buffer{}}
		r.chip = sim.NewMFRC522(r.field, sim.MFRC522Options{})
		var opened []time.Time // by the reader, which ends before it is read
		r.start(mfrc522.New(func() (spi.PortCloser, error) {
			opened = append(opened, time.Now())
			return r.chip.Open()
		}, mfrc522.Options{}))
		for _, outage := range []time.Duration{time.Minute, time.Minute, 5 * time.Second} {
			r.chip.SetDefects(sim.Defects{Bus: true})
			simtest.Pause(outage)
			r.chip.SetDefects(sim.Defects{})
			simtest.Pause(10 * time.Second)
		}
		last := time.Now().Add(-15 * time.Second)
		r.stop()
		soon := slices.DeleteFunc(opened, func(at time.Time) bool { return at.Before(last) || at.After(last.Add(time.Second)) })
		// 50, 100, 200 and 400 ms after each other.
		if len(soon) < 3 || len(soon) > 5 {
			t.Errorf("opened %d times in the first second of an outage", len(soon))
		}
	})
}

// A receiver that goes deaf while a card lies there is healed before the card
// is taken for gone: it is no second tap.
func TestRun_DeafReceiverIsNoSecondTap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, sim.MFRC522Options{})
		defer r.stop()
		r.field.Lay(simtest.Card(t, badge))
		simtest.Pause(time.Second)
		r.expect("laid down", badge)
		for range 5 {
			r.chip.GoDeaf()
			simtest.Pause(5 * time.Second)
		}
		r.expect("while it lies there")
		r.field.Lay(simtest.Card(t, other))
		simtest.Pause(100 * time.Millisecond)
		r.expect("another beside it", other)
	})
}

func TestRun_PollsAtThePaceOfTheRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{t: t, field: sim.NewField(), log: &bytes.Buffer{}}
		r.chip = sim.NewMFRC522(r.field, sim.MFRC522Options{})
		var pace atomic.Int64
		pace.Store(int64(50 * time.Millisecond))
		r.pace = func() time.Duration { return time.Duration(pace.Load()) }
		r.start(mfrc522.New(r.chip.Open, mfrc522.Options{}))
		defer r.stop()
		for _, tt := range []struct {
			pace  time.Duration
			polls int
		}{{50 * time.Millisecond, 20}, {200 * time.Millisecond, 5}} {
			pace.Store(int64(tt.pace))
			simtest.Pause(300 * time.Millisecond)
			r.chip.Cost()
			simtest.Pause(time.Second)
			// An idle poll is two transfers; a check is one more.
			if got := r.chip.Cost().Transfers / 2; got < tt.polls-1 || got > tt.polls+1 {
				t.Errorf("%d polls a second at a pace of %v, want %d", got, tt.pace, tt.polls)
			}
		}
	})
}

// While the room is open a card is an event within 60 ms, whenever it comes
// between two looks, also where the chip is looked after at that moment: 4 MHz,
// 20 µs for each ioctl. One with a UID of 10 bytes takes 2 ms more.
func TestNext_WithinSixtyMilliseconds(t *testing.T) {
	var worst time.Duration
	for _, uid := range []string{other, badge, long} {
		for offset := time.Duration(0); offset < lasting(12*time.Second); offset += 173 * time.Millisecond {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(t, sim.MFRC522Options{Host: sim.Host{Transfer: 20 * time.Microsecond}})
				defer r.stop()
				simtest.Pause(offset)
				laid := time.Now()
				r.field.Lay(simtest.Card(t, uid))
				if _, err := r.reader.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
				late := time.Since(laid)
				if worst = max(worst, late); late > 60*time.Millisecond && uid != long || late > 62*time.Millisecond {
					t.Errorf("%s laid down after %v: an event after %v", uid, offset, late)
				}
			})
		}
	}
	t.Logf("at worst an event after %v", worst)
}

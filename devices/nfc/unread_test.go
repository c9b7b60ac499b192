package nfc_test

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"example.org/inloop/kiosk"
)

// A card that answers and cannot be read is told of soon, and once, whatever is
// wrong with it and whichever chip hears it; after half a minute the light is
// orange, and green again when it is gone.
func TestRun_ACardThatCannotBeRead(t *testing.T) {
	for name, what := range map[string]sim.Spoilt{"check byte": sim.SpoiltCheck, "SAK": sim.SpoiltSAK, "no end": sim.SpoiltEnd} {
		t.Run(name, func(t *testing.T) {
			eachChip(t, func(t *testing.T, r *room, _ defective) {
				bad := simtest.Card(t, badge)
				bad.Spoil(what)
				r.field.Lay(bad)
				simtest.Pause(3 * time.Second)
				if n := r.unread.Load(); n != 1 {
					t.Errorf("told %d times within three seconds", n)
				}
				simtest.Pause(25 * time.Second)
				if l := r.last(); l.Level != kiosk.LevelGreen {
					t.Errorf("before half a minute the light is %+v", l.Health)
				}
				simtest.Pause(6 * time.Second)
				if l := r.last(); l.Level != kiosk.LevelOrange || l.Reason != nfc.ReasonUnread {
					t.Errorf("after it the light is %+v", l.Health)
				}
				r.field.Take(bad)
				simtest.Pause(time.Second)
				if l := r.last(); l.Level != kiosk.LevelGreen || r.unread.Load() != 1 {
					t.Errorf("when it is gone the light is %+v, told %d times", l.Health, r.unread.Load())
				}
				r.field.Lay(bad)
				simtest.Pause(3 * time.Second)
				if n := r.unread.Load(); n != 2 {
					t.Errorf("laid down again it was told %d times", n)
				}
				r.expect("never read")
			})
		})
	}
}

// What answers a request with nonsense is no card, or a very bad one: it is told
// of too.
func TestRun_ACardThatAnswersWithNonsense(t *testing.T) {
	eachChip(t, func(t *testing.T, r *room, _ defective) {
		bad := simtest.Card(t, badge)
		bad.Spoil(sim.SpoiltATQA)
		r.field.Lay(bad)
		simtest.Pause(3 * time.Second)
		if n := r.unread.Load(); n != 1 {
			t.Errorf("told %d times within three seconds", n)
		}
		simtest.Pause(7 * time.Second)
		if l := r.last(); l.Level != kiosk.LevelOrange || l.Reason != nfc.ReasonUnread {
			t.Errorf("after ten seconds the light is %+v", l.Health)
		}
	})
}

// A chip that lists nobody reads by frames what it does not list.
func TestPN532_AChipThatListsNobody(t *testing.T) {
	for _, pins := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r, _ := newPN532Room(t, sim.PN532Options{Blind: true}, pins)
			defer r.stop()
			simtest.Pause(5 * time.Second)
			for range 3 {
				c := simtest.Card(t, badge)
				r.field.Lay(c)
				simtest.Pause(2500 * time.Millisecond)
				r.expect("laid down", badge)
				r.field.Take(c)
				simtest.Pause(5 * time.Second)
			}
		})
	}
}

// A PN532 that hears what no card sends says so within ten seconds, and is well
// again when that is over.
func TestPN532_AReceiverThatHearsNoise(t *testing.T) {
	for _, pins := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r, chip := newPN532Room(t, sim.PN532Options{}, pins)
			defer r.stop()
			simtest.Pause(3 * time.Second)
			chip.Hiss(true)
			simtest.Pause(10 * time.Second)
			if l := r.last(); l.Level == kiosk.LevelGreen {
				t.Errorf("the light is %+v", l.Health)
			}
			chip.Hiss(false)
			simtest.Pause(5 * time.Second)
			if l := r.last(); l.Level != kiosk.LevelGreen {
				t.Errorf("mended, the light is %+v", l.Health)
			}
			r.field.Lay(simtest.Card(t, badge))
			simtest.Pause(200 * time.Millisecond)
			r.expect("mended", badge)
		})
	}
}

// What no card does is noticed within ten seconds: noise in the receiver, an
// answer with nothing in it. Mode bits that flipped are put right.
func TestRun_AReceiverThatHearsNoise(t *testing.T) {
	for name, bits := range map[string]int{"noise": 11, "empty FIFO": 0, "a long burst": 60} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(t, sim.MFRC522Options{})
				defer r.stop()
				simtest.Pause(3 * time.Second)
				r.chip.Hiss(bits)
				simtest.Pause(10 * time.Second)
				if l := r.last(); l.Level == kiosk.LevelGreen {
					t.Errorf("the light is %+v", l.Health)
				}
				r.chip.Hiss(-1)
				simtest.Pause(5 * time.Second)
				if l := r.last(); l.Level != kiosk.LevelGreen {
					t.Errorf("mended, the light is %+v", l.Health)
				}
				r.field.Lay(simtest.Card(t, badge))
				simtest.Pause(100 * time.Millisecond)
				r.expect("mended", badge)
			})
		})
	}
}

func TestCheck_ModeBitsThatFlipped(t *testing.T) {
	for register, value := range map[byte]byte{0x12: 0x80, 0x13: 0x80} {
		synctest.Test(t, func(t *testing.T) {
			r := newRoom(t, sim.MFRC522Options{})
			defer r.stop()
			r.chip.Disturb(register, value)
			simtest.Pause(2200 * time.Millisecond)
			if got := r.chip.Register(register); got != 0 {
				t.Errorf("register %02X still reads %02X", register, got)
			}
		})
	}
}

// stalling is a chip of a machine that stands still once.
type stalling struct {
	nfc.Chip
	once func() time.Duration
}

func (s stalling) Scan(ctx context.Context) ([]iso14443a.Target, error) {
	simtest.Pause(s.once())
	return s.Chip.Scan(ctx)
}

// Who tapped while the machine stood still was not seen, which the light says.
func TestRun_AStallIsTold(t *testing.T) {
	for stood, want := range map[time.Duration]kiosk.Level{300 * time.Millisecond: kiosk.LevelGreen, 1200 * time.Millisecond: kiosk.LevelOrange} {
		synctest.Test(t, func(t *testing.T) {
			r := &room{t: t, field: sim.NewField(), log: &bytes.Buffer{}}
			chip := sim.NewMFRC522(r.field, sim.MFRC522Options{})
			looks := 0
			r.start(stalling{mfrc522.New(chip.Open, mfrc522.Options{}), func() time.Duration {
				if looks++; looks == 40 {
					return stood
				}
				return 0
			}})
			defer r.stop()
			simtest.Pause(5 * time.Second)
			if l := r.last(); l.Level != want || want == kiosk.LevelOrange && l.Reason != nfc.ReasonStalled {
				t.Errorf("stood still for %v: the light is %+v", stood, l.Health)
			}
			simtest.Pause(time.Minute)
			if l := r.last(); l.Level != kiosk.LevelGreen {
				t.Errorf("a minute later the light is %+v", l.Health)
			}
		})
	}
}

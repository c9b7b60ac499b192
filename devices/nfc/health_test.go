package nfc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"example.org/inloop/kiosk"
)

func TestRun_FaultsAreShownAndHealed(t *testing.T) {
	for _, tt := range []struct {
		name   string
		faults sim.Defects
		reason string
	}{
		{"bus cut", sim.Defects{Bus: true}, nfc.ReasonGone},
		{"MISO low", sim.Defects{MISO: sim.MISOLow}, nfc.ReasonGone},
		{"MISO high", sim.Defects{MISO: sim.MISOHigh}, nfc.ReasonGone},
		{"chip gone", sim.Defects{Gone: true}, nfc.ReasonGone},
		{"timer dead", sim.Defects{Timer: true}, nfc.ReasonFault},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(t, sim.MFRC522Options{})
				defer r.stop()
				if l := r.last(); l.Health != (kiosk.Health{Part: nfc.HealthPart, Level: kiosk.LevelGreen}) {
					t.Fatalf("at the start the light is %+v", l)
				}
				lying := simtest.Card(t, badge)
				r.field.Lay(lying)
				simtest.Pause(time.Second)
				r.expect("before the fault", badge)

				struck := time.Now()
				r.chip.SetDefects(tt.faults)
				simtest.Pause(lasting(10 * time.Minute))
				red := r.last()
				if red.Level != kiosk.LevelRed || red.Reason != tt.reason {
					t.Errorf("during the fault the light is %+v, want red with %s", red.Health, tt.reason)
				}
				if late := red.at.Sub(struck); late > 2*time.Second {
					t.Errorf("red after %v", late)
				}

				mended := time.Now()
				r.chip.SetDefects(sim.Defects{})
				simtest.Pause(5 * time.Second)
				green := r.last()
				if green.Level != kiosk.LevelGreen || green.Reason != "" {
					t.Fatalf("after the fault the light is %+v", green.Health)
				}
				if late := green.at.Sub(mended); late > 2*time.Second {
					t.Errorf("green after %v", late)
				}
				t.Logf("red after %v, green %v after mending", red.at.Sub(struck), green.at.Sub(mended))
				r.expect("the card lay there all the time")
				r.field.Lay(simtest.Card(t, other))
				simtest.Pause(100 * time.Millisecond)
				r.expect("after the fault", other)
				r.stop()
				quiet(t, r.log.String())
			})
		})
	}
}

// quiet checks that one fault is told at its start and at its end, with a
// count, and that no card is named.
func quiet(t *testing.T, log string) {
	t.Helper()
	if n := strings.Count(log, "reader failed"); n != 1 {
		t.Errorf("the fault is logged %d times", n)
	}
	if n := strings.Count(log, "reader works again"); n != 1 || !strings.Contains(log, "failures=") {
		t.Errorf("the recovery is logged %d times:\n%s", n, log)
	}
	for _, uid := range []string{badge, other} {
		if strings.Contains(strings.ToLower(log), uid) {
			t.Errorf("a UID in the log:\n%s", log)
		}
	}
}

func TestRun_ShortFaultsDoNotChangeTheLight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, sim.MFRC522Options{})
		defer r.stop()
		r.field.Lay(simtest.Card(t, badge))
		for range 10 {
			r.chip.BrownOut()
			simtest.Pause(3 * time.Second)
			r.chip.SetDefects(sim.Defects{Bus: true})
			simtest.Pause(300 * time.Millisecond)
			r.chip.SetDefects(sim.Defects{})
			simtest.Pause(5 * time.Second)
		}
		r.expect("after twenty hiccups", badge)
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.lights) != 1 {
			t.Errorf("the light changed %d times", len(r.lights)-1)
		}
	})
}

func TestRun_NoChipAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{t: t, field: sim.NewField(), log: &bytes.Buffer{}}
		r.chip = sim.NewMFRC522(r.field, sim.MFRC522Options{})
		r.chip.SetDefects(sim.Defects{Gone: true})
		r.start(mfrc522.New(r.chip.Open, mfrc522.Options{}))
		defer r.stop()
		simtest.Pause(2 * time.Second)
		if l := r.last(); l.Level != kiosk.LevelRed || l.Reason != nfc.ReasonGone {
			t.Errorf("without a chip the light is %+v", l)
		}
		r.chip.SetDefects(sim.Defects{})
		simtest.Pause(2 * time.Second)
		r.field.Lay(simtest.Card(t, badge))
		simtest.Pause(100 * time.Millisecond)
		r.expect("plugged in later", badge)
	})
}

// hung is a chip whose bus never returns from the kernel.
type hung struct{ nfc.Chip }

func (hung) Open(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
func (hung) Close() error                   { return nil }

func TestRun_AHungBusIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &room{t: t, log: &bytes.Buffer{}}
		r.start(hung{})
		defer r.stop()
		simtest.Pause(2 * time.Second)
		if l := r.last(); l.Level != kiosk.LevelRed || l.Reason != nfc.ReasonGone {
			t.Errorf("the light is %+v", l)
		}
	})
}

// refused is a chip whose bus cannot be opened.
type refused struct {
	nfc.Chip
	err error
}

func (r refused) Open(context.Context) error { return fmt.Errorf("open bus: %w", r.err) }
func (refused) Close() error                 { return nil }

// Who mends it must know whether SPI is switched off or a right is missing.
func TestRun_AMissingNodeAndAMissingRightAreToldApart(t *testing.T) {
	for want, err := range map[string]error{nfc.ReasonNoNode: fs.ErrNotExist, nfc.ReasonDenied: fs.ErrPermission, nfc.ReasonGone: errors.New("other")} {
		synctest.Test(t, func(t *testing.T) {
			r := &room{t: t, log: &bytes.Buffer{}}
			r.start(nfc.NewAnyChip(refused{err: err}, refused{err: err}))
			defer r.stop()
			simtest.Pause(2 * time.Second)
			if l := r.last(); l.Level != kiosk.LevelRed || l.Reason != want {
				t.Errorf("the light is %+v, want %s", l.Health, want)
			}
		})
	}
}

package mfrc522_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

func TestErrors_NameStepAndRegister(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, sim.MFRC522Options{})
		b.chip.SetDefects(sim.Defects{Bus: true})
		_, err := b.device.Scan(t.Context())
		if !errors.Is(err, sim.ErrBus) || !strings.Contains(err.Error(), "exchange: write CommandReg") {
			t.Errorf("scan on a dead bus: %v", err)
		}
		if err := b.device.Check(t.Context()); !errors.Is(err, sim.ErrBus) || !strings.Contains(err.Error(), "check: write WaterLevelReg") {
			t.Errorf("check on a dead bus: %v", err)
		}
		if err := b.device.Open(t.Context()); !errors.Is(err, sim.ErrBus) || !strings.Contains(err.Error(), "open bus") {
			t.Errorf("open of a dead bus: %v", err)
		}
		if _, err := b.device.Scan(t.Context()); !errors.Is(err, mfrc522.ErrClosed) {
			t.Errorf("scan of a closed device: %v", err)
		}
	})
}

func TestFaults_NoticedAndHealed(t *testing.T) {
	for _, tt := range []struct {
		name   string
		strike func(*sim.MFRC522)
		scan   error // what Scan says
		open   error // what Open says while it lasts; nil when that heals
	}{
		{"brown-out", (*sim.MFRC522).BrownOut, iso14443a.ErrChip, nil},
		{"MISO low", func(c *sim.MFRC522) { c.SetDefects(sim.Defects{MISO: sim.MISOLow}) }, iso14443a.ErrChip, mfrc522.ErrNoChip},
		{"MISO high", func(c *sim.MFRC522) { c.SetDefects(sim.Defects{MISO: sim.MISOHigh}) }, iso14443a.ErrChip, mfrc522.ErrNoChip},
		{"chip gone", func(c *sim.MFRC522) { c.SetDefects(sim.Defects{Gone: true}) }, iso14443a.ErrChip, mfrc522.ErrNoChip},
		{"bus dead", func(c *sim.MFRC522) { c.SetDefects(sim.Defects{Bus: true}) }, sim.ErrBus, sim.ErrBus},
		{"timer dead", func(c *sim.MFRC522) { c.SetDefects(sim.Defects{Timer: true}) }, iso14443a.ErrChip, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newRig(t, sim.MFRC522Options{})
				tt.strike(b.chip)
				start := time.Now()
				if _, err := b.device.Scan(t.Context()); !errors.Is(err, tt.scan) {
					t.Errorf("scan: %v, want %v", err, tt.scan)
				}
				if spent := time.Since(start); spent > 100*time.Millisecond {
					t.Errorf("noticed after %v", spent)
				}
				if err := b.device.Open(t.Context()); !errors.Is(err, tt.open) {
					t.Errorf("open: %v, want %v", err, tt.open)
				}
				b.chip.SetDefects(sim.Defects{})
				if err := b.device.Open(t.Context()); err != nil {
					t.Fatalf("open after the fault: %v", err)
				}
				b.lay("b0bb8904")
				if got := b.scan(); len(got) != 1 {
					t.Errorf("read %v after the fault", got)
				}
			})
		})
	}
}

// What Scan cannot know is seen by Check.
func TestCheck_SeesWhatChanged(t *testing.T) {
	for _, tt := range []struct {
		name   string
		strike func(*sim.MFRC522)
		want   string
	}{
		{"field off", func(c *sim.MFRC522) { c.Disturb(0x14, 0x80) }, "TxControlReg"},
		{"timer off", func(c *sim.MFRC522) { c.Disturb(0x2A, 0) }, "TModeReg"},
		{"mode", func(c *sim.MFRC522) { c.Disturb(0x11, 0x3F) }, "ModeReg"},
		{"modulation", func(c *sim.MFRC522) { c.Disturb(0x15, 0) }, "TxASKReg"},
		{"gain", func(c *sim.MFRC522) { c.Disturb(0x26, 0x18) }, "RFCfgReg"},
		{"version", func(c *sim.MFRC522) { c.Disturb(0x37, 0x13) }, "VersionReg"},
		{"stuck crypto", (*sim.MFRC522).StickCrypto, "Status2Reg"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newRig(t, sim.MFRC522Options{})
				b.chip.Cost()
				if err := b.device.Check(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got, want := b.chip.Cost(), (sim.Cost{Selects: 2, Transfers: 2, Bytes: 13}); got != want {
					t.Errorf("a check costs %+v, want %+v", got, want)
				}
				tt.strike(b.chip)
				err := b.device.Check(t.Context())
				if !errors.Is(err, iso14443a.ErrChip) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("check: %v, want %s at fault", err, tt.want)
				}
				if err := b.device.Open(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := b.device.Check(t.Context()); err != nil {
					t.Errorf("opened again: %v", err)
				}
			})
		})
	}
}

func TestOpen_ResetPinHealsWhatNoCommandDoes(t *testing.T) {
	for name, wired := range map[string]bool{"wired": true, "not wired": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &rig{t: t, field: sim.NewField()}
				b.chip = sim.NewMFRC522(b.field, sim.MFRC522Options{})
				o := mfrc522.Options{}
				if wired {
					o.Reset = b.chip.Reset()
				}
				b.device = mfrc522.New(b.chip.Open, o)
				if err := b.device.Open(t.Context()); err != nil {
					t.Fatal(err)
				}
				simtest.Pause(time.Minute)
				b.chip.Latch()
				if _, err := b.device.Scan(t.Context()); !errors.Is(err, iso14443a.ErrChip) {
					t.Errorf("scan of a latched chip: %v", err)
				}
				if err := b.device.Open(t.Context()); err == nil {
					t.Error("a soft reset heals a latched chip")
				}
				if err := b.device.Open(t.Context()); (err == nil) != wired {
					t.Errorf("the second opening: %v", err)
				}
			})
		})
	}
}

// A reset pin that failed is driven again, or it would hold the chip for ever.
func TestOpen_ResetPinThatFailedIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chip := sim.NewMFRC522(sim.NewField(), sim.MFRC522Options{})
		d := mfrc522.New(chip.Open, mfrc522.Options{Reset: chip.Reset()})
		chip.SetDefects(sim.Defects{HoldsReset: true})
		if err := d.Open(t.Context()); !errors.Is(err, mfrc522.ErrNoChip) {
			t.Errorf("held in reset: %v", err)
		}
		chip.SetDefects(sim.Defects{})
		if err := d.Open(t.Context()); err != nil {
			t.Errorf("once the pin works: %v", err)
		}
	})
}

func TestRefresh_HealsADeafReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, sim.MFRC522Options{})
		b.chip.GoDeaf()
		b.lay("b0bb8904")
		if got := b.scan(); len(got) != 0 {
			t.Fatalf("a deaf receiver hears %v", got)
		}
		if err := b.device.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := b.scan(); len(got) != 1 {
			t.Errorf("read %v", got)
		}
		b.checkViolations()
	})
}

func TestSelfTest_TellsGenuineChips(t *testing.T) {
	for version, want := range map[byte]error{0x91: nil, 0x92: nil, 0xB2: mfrc522.ErrSelfTest} {
		t.Run(fmt.Sprintf("%02X", version), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newRig(t, sim.MFRC522Options{Version: version})
				if err := b.device.SelfTest(t.Context()); !errors.Is(err, want) {
					t.Errorf("self test: %v, want %v", err, want)
				}
				b.lay("b0bb8904")
				if got := b.scan(); len(got) != 1 {
					t.Errorf("read %v afterwards", got)
				}
				b.checkViolations()
			})
		})
	}
}

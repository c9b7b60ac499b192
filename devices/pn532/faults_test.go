package pn532_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

func TestReceive_DamagedAnswersAreAskedForAgain(t *testing.T) {
	b := newRig(t, sim.PN532Options{}, false)
	b.polls(3)
	c := simtest.Card(t, badge)
	for range 5 {
		b.field.Lay(c)
		b.pause(20 * time.Millisecond)
		b.chip.Spoil(1)
		if got := b.polls(1); !slices.Equal(got, []string{badge}) {
			t.Errorf("read %v", got)
		}
		b.field.Take(c)
		b.polls(10)
	}
	b.field.Lay(c)
	b.pause(20 * time.Millisecond)
	b.chip.Spoil(3)
	if _, err := b.device.Scan(t.Context()); !errors.Is(err, iso14443a.ErrChip) {
		t.Errorf("damaged again and again: %v", err)
	}
}

func TestFaults_NoticedAndHealed(t *testing.T) {
	for _, tt := range []struct {
		name   string
		strike func(*sim.PN532)
		notice error // what Scan or Check says
		open   error // what Open says while it lasts; nil when that heals
	}{
		{"brown-out", (*sim.PN532).BrownOut, pn532.ErrNoChip, nil},
		{"hung, reset pin wired", (*sim.PN532).Hang, pn532.ErrNoChip, nil},
		{"MISO low", func(c *sim.PN532) { c.SetDefects(sim.Defects{MISO: sim.MISOLow}) }, pn532.ErrNoChip, pn532.ErrNoChip},
		{"MISO high", func(c *sim.PN532) { c.SetDefects(sim.Defects{MISO: sim.MISOHigh}) }, pn532.ErrNoChip, pn532.ErrNoChip},
		{"chip gone", func(c *sim.PN532) { c.SetDefects(sim.Defects{Gone: true}) }, pn532.ErrNoChip, pn532.ErrNoChip},
		{"bus dead", func(c *sim.PN532) { c.SetDefects(sim.Defects{Bus: true}) }, sim.ErrBus, sim.ErrBus},
	} {
		for _, pins := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, pins %v", tt.name, pins), func(t *testing.T) {
				b := newRig(t, sim.PN532Options{}, pins)
				b.polls(3)
				tt.strike(b.chip)
				began := b.clock.Now()
				_, err := b.device.Scan(t.Context())
				if err == nil {
					err = b.device.Check(t.Context())
				}
				if !errors.Is(err, tt.notice) {
					t.Errorf("noticed %v, want %v", err, tt.notice)
				}
				if spent := b.clock.Now().Sub(began); spent > 100*time.Millisecond {
					t.Errorf("noticed after %v", spent)
				}
				if err = b.device.Open(t.Context()); strings.HasPrefix(tt.name, "hung") && !pins {
					if !errors.Is(err, pn532.ErrNoChip) {
						t.Errorf("a hung chip is opened: %v", err)
					}
					return
				}
				if err != nil && tt.open == nil {
					err = b.device.Open(t.Context()) // the second pulls the reset pin
				}
				if !errors.Is(err, tt.open) {
					t.Errorf("open: %v, want %v", err, tt.open)
				}
				b.chip.SetDefects(sim.Defects{})
				if err := b.device.Open(t.Context()); err != nil {
					t.Fatalf("open after the fault: %v", err)
				}
				b.field.Lay(simtest.Card(t, badge))
				if got := b.polls(4); !slices.Equal(got, []string{badge}) {
					t.Errorf("read %v after the fault", got)
				}
			})
		}
	}
}

func TestInterrupt_PinCutWhileInUse(t *testing.T) {
	b := newRig(t, sim.PN532Options{}, true)
	b.polls(3)
	b.chip.SetDefects(sim.Defects{NoIRQ: true})
	b.field.Lay(simtest.Card(t, badge))
	b.polls(2)
	if err := b.device.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := b.polls(3); !slices.Equal(got, []string{badge}) {
		t.Errorf("read %v", got)
	}
	if r, err := b.device.Details(); err != nil || r.IRQ {
		t.Errorf("the pin is still trusted: %+v, %v", r, err)
	}
}

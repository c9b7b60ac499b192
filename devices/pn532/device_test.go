package pn532_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
	"periph.io/x/conn/v3/physic"
)

// rig is a chip, its field and an open device, on a clock of their own.
type rig struct {
	t      testing.TB
	clock  *simtest.Clock
	field  *sim.Field
	chip   *sim.PN532
	device *pn532.Device
}

// newRig opens a device with the given pins over a chip.
func newRig(t testing.TB, o sim.PN532Options, pins bool) *rig {
	t.Helper()
	b := &rig{t: t, clock: simtest.NewClock(), field: sim.NewField()}
	o.Clock, o.Transfer = b.clock, 20*time.Microsecond
	b.chip = sim.NewPN532(b.field, o)
	options := pn532.Options{Clock: b.clock}
	if pins {
		options.IRQ, options.Reset = b.chip.IRQ(), b.chip.Reset()
	}
	b.device = pn532.New(b.chip.Open, options)
	if err := b.device.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *rig) pause(d time.Duration) {
	b.t.Helper()
	if err := b.clock.Sleep(b.t.Context(), d); err != nil {
		b.t.Fatal(err)
	}
}

// again takes the cards away for a moment, as they are read once a placement.
func (b *rig) again(cards ...*sim.Card) {
	for _, c := range cards {
		b.field.Take(c)
		b.field.Lay(c)
	}
}

// polls lets some polls go by, 50 ms each, and gives every card that was read.
func (b *rig) polls(n int) []string {
	b.t.Helper()
	var all []string
	for range n {
		cards, err := b.device.Scan(b.t.Context())
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, simtest.UIDs(cards)...)
		b.pause(50 * time.Millisecond)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (b *rig) checkViolations() {
	b.t.Helper()
	simtest.CheckViolations(b.t, b.chip)
}

const (
	badge = "048d2432273b80"
	other = "b0bb8904"
	long  = "0102030405060708090a"
)

func TestOpen_EndsAListingOfAnEarlierProcess(t *testing.T) {
	b := newRig(t, sim.PN532Options{}, false)
	b.polls(2) // a listing waits in the chip
	later := pn532.New(b.chip.Open, pn532.Options{Clock: b.clock})
	b.field.Lay(simtest.Card(t, badge))
	if err := later.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.device = later
	if got := b.polls(3); !slices.Equal(got, []string{badge}) {
		t.Errorf("read %v", got)
	}
	b.checkViolations()
}

func TestOpen_StepsDownWhereWiresGarble(t *testing.T) {
	for bear, want := range map[physic.Frequency]physic.Frequency{
		5 * physic.MegaHertz: physic.MegaHertz, 700 * physic.KiloHertz: 500 * physic.KiloHertz, 300 * physic.KiloHertz: 250 * physic.KiloHertz,
	} {
		clock, field := simtest.NewClock(), sim.NewField()
		chip := sim.NewPN532(field, sim.PN532Options{Host: sim.Host{Clock: clock, Transfer: 20 * time.Microsecond, MostSpeed: bear}})
		d := pn532.New(chip.Open, pn532.Options{Clock: clock})
		var err error
		for range 8 { // the reader tries for ever
			if err = d.Open(t.Context()); err == nil {
				break
			}
		}
		if r, e := d.Details(); err != nil || e != nil || r.Speed > want {
			t.Errorf("wires for %v: runs at %v, %v, want %v", bear, r.Speed, err, want)
		}
	}
}

func TestSelfTest_ChipReadsCardsAfterwards(t *testing.T) {
	b := newRig(t, sim.PN532Options{}, false)
	b.field.Lay(simtest.Card(t, badge))
	b.polls(2)
	if err := b.device.SelfTest(t.Context()); err != nil {
		t.Error(err)
	}
	if err := b.device.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	if got := b.polls(3); !slices.Equal(got, []string{badge}) {
		t.Errorf("read %v", got)
	}
	for range 2 {
		if err := b.device.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.device.Scan(t.Context()); !errors.Is(err, pn532.ErrClosed) {
		t.Errorf("scan of a closed device: %v", err)
	}
	b.checkViolations()
}

// A reset pin that failed is driven again, or it would hold the chip for ever.
func TestOpen_ResetPinThatFailedIsTriedAgain(t *testing.T) {
	clock := simtest.NewClock()
	chip := sim.NewPN532(sim.NewField(), sim.PN532Options{Host: sim.Host{Clock: clock}})
	d := pn532.New(chip.Open, pn532.Options{Clock: clock, Reset: chip.Reset()})
	chip.SetDefects(sim.Defects{HoldsReset: true})
	if err := d.Open(t.Context()); !errors.Is(err, pn532.ErrNoChip) {
		t.Errorf("held in reset: %v", err)
	}
	chip.SetDefects(sim.Defects{})
	if err := d.Open(t.Context()); err != nil {
		t.Errorf("once the pin works: %v", err)
	}
}

func TestOpen_LeavesNoPortOpen(t *testing.T) {
	for name, faults := range map[string]sim.Defects{"chip gone": {Gone: true}, "MISO low": {MISO: sim.MISOLow}, "bytes garbled": {Flips: 0.5}} {
		t.Run(name, func(t *testing.T) {
			b := newRig(t, sim.PN532Options{}, true)
			b.chip.SetDefects(faults)
			for range 3 {
				if err := b.device.Open(t.Context()); err == nil || b.chip.Ports() != 0 {
					t.Errorf("%d ports are open after an opening that failed: %v", b.chip.Ports(), err)
				}
			}
			b.chip.SetDefects(sim.Defects{})
			for range 3 {
				if err := b.device.Open(t.Context()); err != nil || b.chip.Ports() != 1 {
					t.Fatalf("%d ports are open: %v", b.chip.Ports(), err)
				}
			}
			if err := b.device.Close(); err != nil || b.chip.Ports() != 0 {
				t.Errorf("%d ports are open after the close: %v", b.chip.Ports(), err)
			}
		})
	}
}

package mfrc522_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

var conventions = map[string]sim.Convention{
	"counted in the level": sim.ConventionInLevel,
	"counted as received":  sim.ConventionReceived,
	"counted in the FIFO":  sim.ConventionInFIFO,
}

// rig is a chip, its field and an open device, in simulated time.
type rig struct {
	t      testing.TB
	field  *sim.Field
	chip   *sim.MFRC522
	device *mfrc522.Device
}

func newRig(t testing.TB, o sim.MFRC522Options) *rig {
	t.Helper()
	b := &rig{t: t, field: sim.NewField()}
	b.chip = sim.NewMFRC522(b.field, o)
	b.device = mfrc522.New(b.chip.Open, mfrc522.Options{Clock: o.Clock})
	if err := b.device.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// lay lays cards down and waits until they have power.
func (b *rig) lay(uids ...string) {
	b.t.Helper()
	for _, u := range uids {
		b.field.Lay(simtest.Card(b.t, u))
	}
	simtest.Pause(10 * time.Millisecond)
}

func (b *rig) scan() []string {
	b.t.Helper()
	cards, err := b.device.Scan(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return simtest.UIDs(cards)
}

func (b *rig) checkViolations() {
	b.t.Helper()
	simtest.CheckViolations(b.t, b.chip)
}

func TestScan_EveryCardInTheField(t *testing.T) {
	for _, tt := range []struct {
		name string
		uids []string
	}{
		{"nothing", nil},
		{"4 bytes", []string{"b0bb8904"}},
		{"7 bytes", []string{"048d2432273b80"}},
		{"10 bytes", []string{"0102030405060708090a"}},
		{"4 bytes that begin like a cascade", []string{"88010203"}},
		{"a badge and a bank card", []string{"048d2432273b80", "08dfbff2"}},
		{"two that differ in the first bit", []string{"b0bb8904", "b1bb8904"}},
		{"two that differ in the last bit", []string{"b0bb8904", "b0bb8984"}},
		{"two that differ in the last two bits", []string{"b0bb8904", "b0bb89c4"}},
		{"three that differ in the last two bits", []string{"b0bb8904", "b0bb89c4", "b0bb8944"}},
		{"two of 7 bytes that differ at level 2", []string{"048d2432273b80", "048d2432273b81"}},
		{"a badge and a 4-byte card that begins like a cascade", []string{"048d2432273b80", "88048d25"}},
		{"all three sizes", []string{"b0bb8904", "048d2432273b80", "0102030405060708090a"}},
		{"four at once", []string{"00000000", "ffffffff", "0f0f0f0f", "f0f0f0f0"}},
	} {
		for name, convention := range conventions {
			t.Run(tt.name+", "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newRig(t, sim.MFRC522Options{Collisions: convention})
					b.lay(tt.uids...)
					want := append([]string{}, tt.uids...)
					slices.Sort(want)
					if got := b.scan(); !slices.Equal(got, want) {
						t.Errorf("read %v, want %v", got, want)
					}
					if got := b.scan(); len(got) != 0 {
						t.Errorf("halted cards are read again: %v", got)
					}
					b.checkViolations()
				})
			})
		}
	}
}

func TestFind_HaltedCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, sim.MFRC522Options{})
		badge, other := simtest.Card(t, "048d2432273b80"), simtest.Card(t, "b0bb8904")
		uid, err := iso14443a.NewUID(b.field.UID(badge))
		if err != nil {
			t.Fatal(err)
		}
		expect := func(when string, want iso14443a.Presence) {
			t.Helper()
			if got, err := b.device.Find(t.Context(), uid); err != nil || got.Presence != want {
				t.Errorf("%s: %v, %v; want %v", when, got, err, want)
			}
		}
		expect("empty field", iso14443a.PresenceMissing)
		b.field.Lay(badge)
		b.field.Lay(other)
		simtest.Pause(10 * time.Millisecond)
		b.scan()
		expect("both there", iso14443a.PresenceSeen)
		expect("still there", iso14443a.PresenceSeen)
		b.field.Take(badge)
		expect("only the other", iso14443a.PresenceMissing)
		b.chip.SetDefects(sim.Defects{Deaf: true})
		expect("nothing heard", iso14443a.PresenceMissing)
		b.checkViolations()
	})
}

// Badges of one batch begin alike: looking for one must not lose another.
func TestFind_MissesACardWhoseUIDBeginsAlike(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, sim.MFRC522Options{})
		b.lay("048d2432273b81")
		b.scan()
		gone := simtest.UID(t, "048d2432273b80")
		for range 3 {
			start := time.Now()
			got, err := b.device.Find(t.Context(), gone)
			if err != nil || got.Presence != iso14443a.PresenceMissing || !slices.Equal(simtest.UIDs(got.Others), []string{"048d2432273b81"}) {
				t.Errorf("found %v with %d others, %v", got.Presence, len(got.Others), err)
			}
			if spent := time.Since(start); spent > 20*time.Millisecond {
				t.Errorf("took %v", spent)
			}
		}
		b.checkViolations()
	})
}

func TestOpen_ChipsThatAreNotGenuine(t *testing.T) {
	for _, version := range []byte{0x91, 0x92, 0x90, 0x88, 0x89, 0xB2, 0x12, 0x15, 0x01} {
		t.Run(fmt.Sprintf("%02X", version), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newRig(t, sim.MFRC522Options{Version: version, ResetTime: 60 * time.Millisecond})
				b.lay("b0bb8904")
				if got := b.scan(); len(got) != 1 {
					t.Errorf("read %v", got)
				}
				b.checkViolations()
			})
		})
	}
}

func TestExchange_HostsWithoutBatches(t *testing.T) {
	for name, o := range map[string]sim.MFRC522Options{
		"no batches":       {Host: sim.Host{NoPackets: true}},
		"short transfers":  {Host: sim.Host{MaxTxSize: 16}},
		"ample transfers":  {Host: sim.Host{MaxTxSize: 4096}},
		"no limit is said": {Host: sim.Host{MaxTxSize: 0}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newRig(t, o)
				b.lay("048d2432273b80", "b0bb8904")
				if got := b.scan(); len(got) != 2 {
					t.Errorf("read %v", got)
				}
				b.checkViolations()
			})
		})
	}
}

func TestExchange_ChipsThatDiffer(t *testing.T) {
	for name, o := range map[string]sim.MFRC522Options{
		"flags come late":                     {Lag: 5 * time.Millisecond},
		"flags come very late":                {Lag: 30 * time.Millisecond},
		"the timer does not stop":             {TimerRuns: true},
		"the timer does not stop, flags late": {TimerRuns: true, Lag: 30 * time.Microsecond},
		"settings that do not stick":          {Forgets: []byte{0x11, 0x26}},
		"no register to leave a mark in":      {Forgets: []byte{0x0B}},
		"a slow reset":                        {ResetTime: 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newRig(t, o)
				b.lay("048d2432273b80", "b0bb8904")
				if got := b.scan(); len(got) != 2 {
					t.Errorf("read %v", got)
				}
				if err := b.device.Check(t.Context()); err != nil {
					t.Error(err)
				}
				b.checkViolations()
			})
		})
	}
}

// read is one REQA and, if a card lies there, its selection.
func read(ctx context.Context, t testing.TB, d *mfrc522.Device, laid bool) {
	t.Helper()
	err := iso14443a.Request(ctx, d, iso14443a.REQA)
	if !laid {
		if !errors.Is(err, iso14443a.ErrNoAnswer) {
			t.Fatalf("idle poll: %v", err)
		}
		return
	}
	if err == nil {
		_, err = iso14443a.Select(ctx, d, iso14443a.REQA)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestTransceive_StopsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, sim.MFRC522Options{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.device.Scan(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("scan: %v", err)
		}
	})
}

func TestClose_Twice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, sim.MFRC522Options{})
		for range 2 {
			if err := b.device.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

package mfrc522_test

import (
	"os"
	"slices"
	"testing"

	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// Bits are flipped, and no UID is accepted that no card has: cards are read over
// a bus on which bytes have wrong bits, seldom to often, under each of the ways
// in which chips count collisions.
func TestScan_NoWrongUIDFromFlippedBits(t *testing.T) {
	// Under the race detector a million takes minutes: `make test` goes on to it
	// without.
	flips := 200_000
	switch {
	case os.Getenv("INLOOP_SOAK_POLLS") != "":
		flips = 1_000_000
	case testing.Short():
		flips = 50_000
	}
	laid := []string{"048d2432273b80", "048d2432273b81", "b0bb8904", "0102030405060708090a"}
	for name, convention := range conventions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			time := simtest.NewClock()
			b := newRig(t, sim.MFRC522Options{Collisions: convention, Host: sim.Host{Clock: time, Seed: 7}})
			for _, uid := range laid {
				b.field.Lay(simtest.Card(t, uid))
			}
			flipped, read, wrong, faults := 0, 0, 0, 0
			for i := 0; flipped < flips/len(conventions); i++ {
				b.chip.SetDefects(sim.Defects{Flips: []float64{0.002, 0.01, 0.05}[i%3]})
				cards, err := b.device.Scan(t.Context())
				for _, u := range simtest.UIDs(cards) {
					if read++; !slices.Contains(laid, u) {
						wrong++
					}
				}
				flipped += b.chip.Cost().Flips
				if err != nil {
					faults++
				}
				b.chip.SetDefects(sim.Defects{})
				b.chip.BrownOut() // wakes the cards
				if err := b.device.Open(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%d bits flipped, %d UIDs read, %d chip faults", flipped, read, faults)
			if wrong > 0 {
				t.Errorf("%d wrong UIDs accepted", wrong)
			}
			if read < flips/100 {
				t.Errorf("only %d UIDs read: the test proves little", read)
			}
		})
	}
}

package nfc_test

import (
	"testing"
	"testing/synctest"

	"example.org/inloop/devices/sim"
)

// A program that ends leaves no field behind, whatever the chip.
func TestRun_EndsWithoutAField(t *testing.T) {
	ends := func(t *testing.T, r *room) {
		t.Helper()
		if !r.field.On() {
			t.Fatal("no field while it runs")
		}
		r.stop()
		if r.field.On() {
			t.Error("the field is on after the end")
		}
	}
	synctest.Test(t, func(t *testing.T) { ends(t, newRoom(t, sim.MFRC522Options{})) })
	synctest.Test(t, func(t *testing.T) {
		r, _ := newPN532Room(t, sim.PN532Options{}, false)
		ends(t, r)
	})
}

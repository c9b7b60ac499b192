// Package simtest makes what the tests of readers share, of hexadecimal: [Bytes],
// a [UID], a [Card]. [UIDs] is the way back.
package simtest

import (
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/sim"
)

// Bytes reads hexadecimal.
func Bytes(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// UID reads a UID of 4, 7 or 10 bytes.
func UID(t testing.TB, text string) iso14443a.UID {
	t.Helper()
	uid, err := iso14443a.NewUID(Bytes(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return uid
}

// Card makes a card with a UID of 4, 7 or 10 bytes.
func Card(t testing.TB, uid string) *sim.Card {
	t.Helper()
	c, err := sim.NewCard(Bytes(t, uid))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// UIDs gives the cards' UIDs in order, none as an empty list.
func UIDs(cards []iso14443a.Target) []string {
	list := []string{}
	for _, c := range cards {
		list = append(list, hex.EncodeToString(c.UID.Bytes()))
	}
	slices.Sort(list)
	return list
}

// Pause lets simulated time pass, in a bubble of testing/synctest.
func Pause(d time.Duration) { <-time.After(d) }

// CheckViolations fails for what was done to a chip against its data sheet or
// the standard.
func CheckViolations(t testing.TB, chip interface{ Violations() []string }) {
	t.Helper()
	for _, v := range chip.Violations() {
		t.Errorf("against the data sheet: %s", v)
	}
}

package kioskd

import (
	"testing"

	"example.org/inloop/kiosk"
)

// A light is news for the centre when it turns red, and no longer while it stays
// so or turns back.
func TestReds_TellsOfALightThatTurnsRed(t *testing.T) {
	var r reds
	for i, step := range []struct {
		reader, store kiosk.Level
		want          bool
	}{
		{kiosk.LevelOrange, kiosk.LevelOrange, false},
		{kiosk.LevelRed, kiosk.LevelGreen, true},
		{kiosk.LevelRed, kiosk.LevelGreen, false},
		{kiosk.LevelRed, kiosk.LevelRed, true},
		{kiosk.LevelGreen, kiosk.LevelRed, false},
		{kiosk.LevelRed, kiosk.LevelRed, true},
		{kiosk.LevelGreen, kiosk.LevelGreen, false},
	} {
		got := r.turned([]kiosk.Health{{Part: "reader", Level: step.reader}, {Part: "store", Level: step.store}})
		if got != step.want {
			t.Errorf("step %d, reader %s, store %s: news %t", i, step.reader, step.store, got)
		}
	}
}

// A machine has addresses or none; its own loopback is no way to a centre.
func TestAddresses_WithoutLoopback(t *testing.T) {
	for _, a := range addresses() {
		if a.IsLoopback() || !a.IsValid() {
			t.Errorf("%s is no way to a centre", a)
		}
	}
}

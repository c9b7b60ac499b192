package nfc_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// startedOver sets a reader going on a chip in this field and tells of the first
// tap whether its card lay there at the start.
func startedOver(t *testing.T, chip nfc.Chip, after time.Duration, lay func()) (atStart, tapped bool) {
	t.Helper()
	reader := nfc.New(chip, clock{time.Now()}, slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil)), nfc.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- reader.Run(ctx) }()
	simtest.Pause(after)
	lay()
	wait, stop := context.WithTimeout(ctx, time.Second)
	tap, err := reader.Next(wait)
	stop()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return tap.AtStart, err == nil
}

// What lies there at a start says so, and who comes soon after it does not.
func TestNext_TellsWhatLayThereAtTheStart(t *testing.T) {
	for name, chip := range map[string]func(*sim.Field) nfc.Chip{
		"MFRC522": func(f *sim.Field) nfc.Chip {
			return mfrc522.New(sim.NewMFRC522(f, sim.MFRC522Options{}).Open, mfrc522.Options{})
		},
		"PN532": func(f *sim.Field) nfc.Chip {
			return pn532.New(sim.NewPN532(f, sim.PN532Options{}).Open, pn532.Options{})
		},
	} {
		for _, tt := range []struct {
			after time.Duration
			want  bool
		}{{0, true}, {700 * time.Millisecond, false}, {1900 * time.Millisecond, false}} {
			t.Run(name+" "+tt.after.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := sim.NewField()
					got, tapped := startedOver(t, chip(f), tt.after, func() { f.Lay(simtest.Card(t, badge)) })
					if !tapped || got != tt.want {
						t.Errorf("tapped %v, at the start %v, want %v", tapped, got, tt.want)
					}
				})
			})
		}
	}
}

package nfc_test

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/mfrc522"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/pn532"
	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// counted is a chip whose looks are counted.
type counted struct {
	nfc.Chip
	looks *atomic.Int64
}

func (c counted) Scan(ctx context.Context) ([]iso14443a.Target, error) {
	c.looks.Add(1)
	return c.Chip.Scan(ctx)
}

// While people may come both chips are polled 20 ± 1 times a second, whether
// nobody is there or badges lie there, on a host that takes its time for each
// transfer.
func TestRun_PollsTwentyTimesASecond(t *testing.T) {
	host := sim.Host{Transfer: 20 * time.Microsecond}
	for name, chip := range map[string]func(*sim.Field) nfc.Chip{
		"MFRC522": func(f *sim.Field) nfc.Chip {
			return mfrc522.New(sim.NewMFRC522(f, sim.MFRC522Options{Host: host}).Open, mfrc522.Options{})
		},
		"PN532": func(f *sim.Field) nfc.Chip {
			return pn532.New(sim.NewPN532(f, sim.PN532Options{Host: host}).Open, pn532.Options{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &room{t: t, field: sim.NewField(), log: &bytes.Buffer{}}
				var looks atomic.Int64
				r.start(counted{chip(r.field), &looks})
				defer r.stop()
				for _, laid := range []string{"", badge, other} {
					if laid != "" {
						r.field.Lay(simtest.Card(t, laid))
						simtest.Pause(time.Second)
					}
					looks.Store(0)
					simtest.Pause(time.Minute)
					if a := float64(looks.Load()) / 60; a < 19 || a > 21 {
						t.Errorf("after %q was laid down: %.1f polls a second", laid, a)
					} else {
						t.Logf("after %q was laid down: %.1f polls a second", laid, a)
					}
				}
			})
		})
	}
}

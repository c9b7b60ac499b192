package pn532_test

import (
	"testing"
	"time"

	"example.org/inloop/devices/sim"
	"example.org/inloop/devices/sim/simtest"
)

// peers are what other drivers spend as they ship, counted on a model of the
// chip at its 1 MHz.
var peers = map[string][]string{
	"nobody": {
		"CircuitPython: 5 selects, 63 bytes and 2 bytes each 10 ms",
		"Adafruit Arduino: 5 selects, 44 bytes and 2 bytes each 10 ms",
		"libnfc: 13 selects, 57 to 60 bytes and 2 bytes each 10 ms",
	},
	"one card": {
		"CircuitPython: 5 selects, 63 bytes",
		"Adafruit Arduino: 5 selects, 44 bytes",
		"libnfc: 13 selects, 57 to 60 bytes",
	},
}

// BenchmarkScan counts on a clock of its own what a look costs on the bus, and
// how long it takes, beside what peers spend. The cards were read before: the
// minimum of a listing is 5 selects and some 46 bytes, 3 selects with the
// interrupt pin, and a look by frames needs fewer.
func BenchmarkScan(b *testing.B) {
	for _, tt := range []struct {
		name string
		pins bool
		laid []string
	}{
		{"nobody", false, nil},
		{"nobody, with the pin", true, nil},
		{"one card", false, []string{badge}},
		{"one card, with the pin", true, []string{badge}},
		{"two cards", false, []string{badge, other}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			rig := newRig(b, sim.PN532Options{}, tt.pins)
			for _, uid := range tt.laid {
				rig.field.Lay(simtest.Card(b, uid))
			}
			rig.polls(4)
			var total sim.Cost
			var spent time.Duration
			for i := 0; b.Loop(); i++ {
				if len(tt.laid) > 0 && i%4 == 0 { // as the reader does, and counts by itself
					if _, err := rig.device.Find(b.Context(), simtest.UID(b, tt.laid[0])); err != nil {
						b.Fatal(err)
					}
				}
				rig.chip.Cost()
				began := rig.clock.Now()
				if _, err := rig.device.Scan(b.Context()); err != nil {
					b.Fatal(err)
				}
				spent += rig.clock.Now().Sub(began)
				cost := rig.chip.Cost()
				total.Selects += cost.Selects
				total.Transfers += cost.Transfers
				total.Bytes += cost.Bytes
				rig.pause(50 * time.Millisecond)
			}
			n := float64(b.N)
			b.ReportMetric(float64(total.Selects)/n, "selects")
			b.ReportMetric(float64(total.Transfers)/n, "ioctls")
			b.ReportMetric(float64(total.Bytes)/n, "bytes")
			b.ReportMetric(float64(spent.Microseconds())/n, "µs")
			b.ReportMetric(0, "ns/op")
			for _, p := range peers[tt.name] {
				b.Log(p)
			}
		})
	}
}

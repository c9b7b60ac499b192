package mfrc522_test

import (
	"testing"

	"example.org/inloop/devices/sim"
)

// BenchmarkExchange runs in real time and prints what the bus carried beside
// the floor of six writes and one read frame an exchange.
func BenchmarkExchange(b *testing.B) {
	for _, tt := range costs {
		b.Run(tt.name, func(b *testing.B) {
			bench := newBench(b, sim.MFRC522Options{})
			if tt.uid != "" {
				bench.lay(tt.uid)
			}
			var total sim.Cost
			for b.Loop() {
				bench.chip.Cost()
				read(b.Context(), b, bench.device, tt.uid != "")
				b.StopTimer()
				cost := bench.chip.Cost()
				total.Selects += cost.Selects
				total.Transfers += cost.Transfers
				total.Bytes += cost.Bytes
				// A field switched off and on wakes the card again.
				if err := bench.device.Open(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			n := float64(b.N)
			b.ReportMetric(float64(total.Selects)/n, "selects")
			b.ReportMetric(float64(tt.floor.Selects), "floor-selects")
			b.ReportMetric(float64(total.Transfers)/n, "transfers")
			b.ReportMetric(float64(tt.floor.Transfers), "floor-transfers")
			b.ReportMetric(float64(total.Bytes)/n, "bytes")
			b.ReportMetric(float64(tt.floor.Bytes), "floor-bytes")
			b.ReportMetric(float64(tt.air.Microseconds()), "air-µs")
		})
	}
}

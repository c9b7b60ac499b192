package dbfile

import (
	"testing"
	"time"
)

// BenchmarkWrite measures the shortest durable write, and in the same run, of each
// write, what it costs to look whether the file is still where it was. "look/write"
// is the share of the second in the first: the goal is 0.02 or less.
func BenchmarkWrite(b *testing.B) {
	f := open(b, testConfig(b))
	var write, look time.Duration
	for b.Loop() {
		start := time.Now()
		must(b, note(b.Context(), f, "short"))
		write += time.Since(start)
		start = time.Now()
		must(b, f.place.check(f.cfg.Path))
		look += time.Since(start)
	}
	b.ReportMetric(float64(look.Nanoseconds())/float64(b.N), "ns/look")
	b.ReportMetric(look.Seconds()/write.Seconds(), "look/write")
}

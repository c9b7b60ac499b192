package clock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.org/inloop/devices/clock"
)

func TestSleep_LastsAndEndsWithItsContext(t *testing.T) {
	for name, c := range map[string]clock.Clock{"system": clock.System{}, "precise": clock.Precise{}} {
		t.Run(name, func(t *testing.T) {
			for _, d := range []time.Duration{-time.Second, 0, 50 * time.Microsecond, 3 * time.Millisecond} {
				began := c.Now()
				if err := c.Sleep(t.Context(), d); err != nil {
					t.Errorf("%v: %v", d, err)
				}
				if spent := c.Now().Sub(began); spent < d {
					t.Errorf("slept %v of %v", spent, d)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			for _, d := range []time.Duration{0, time.Millisecond, time.Hour} {
				if err := c.Sleep(ctx, d); !errors.Is(err, context.Canceled) {
					t.Errorf("%v after the end: %v", d, err)
				}
			}
			ctx, cancel = context.WithTimeout(t.Context(), 5*time.Millisecond)
			defer cancel()
			if err := c.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("an hour: %v", err)
			}
		})
	}
}

// BenchmarkSleep compares both clocks on a wait as a card's answer takes it.
// ratio is what is slept over what was asked for.
func BenchmarkSleep(b *testing.B) {
	const wait = 400 * time.Microsecond
	for name, c := range map[string]clock.Clock{"system": clock.System{}, "precise": clock.Precise{}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := c.Sleep(b.Context(), wait); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/wait.Seconds(), "ratio")
		})
	}
}

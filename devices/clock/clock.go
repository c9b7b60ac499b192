package clock

import (
	"context"
	"time"
)

// Clock tells the time and waits.
type Clock interface {
	// Now gives a time that never goes back while the program runs.
	Now() time.Time
	// Sleep waits for d, or until ctx ends and then gives its error. It gives
	// ctx's error at once when d is not positive.
	Sleep(ctx context.Context, d time.Duration) error
}

// System is the machine's own clock.
type System struct{}

var _ Clock = System{}

// Now gives the machine's time, with its monotonic reading.
func (System) Now() time.Time { return time.Now() }

// Sleep waits by a timer of the runtime.
func (System) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

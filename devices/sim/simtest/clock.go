package simtest

import (
	"context"
	"sync"
	"time"

	"example.org/inloop/devices/clock"
)

// Clock is a clock that runs only while somebody sleeps on it, and then at
// once: a driver and a chip that share it live through a day in no time. It is
// meant for one goroutine that sleeps; others may look.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

var _ clock.Clock = (*Clock)(nil)

// NewClock makes a clock that stands at a fixed time.
func NewClock() *Clock {
	return &Clock{now: time.Date(2026, time.January, 5, 10, 0, 0, 0, time.UTC)}
}

// Now gives the time at which the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep puts the clock on by d, unless ctx has ended: then it gives its error.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(max(d, 0))
	return nil
}

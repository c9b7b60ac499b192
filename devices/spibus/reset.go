package spibus

import (
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// PulseReset pulls the reset pin low and lets it rise, and waits after each. It
// tells whether it did: false where no pin is wired, and where it cannot be
// driven. That one is tried again at the next call, since it may hold the chip
// in reset. The only errors are ctx's.
func (b *Bus) PulseReset(ctx context.Context, low, high time.Duration) (done bool, err error) {
	pin := b.wiring.Reset
	if pin == nil {
		return false, nil
	}
	for _, step := range []struct {
		level gpio.Level
		wait  time.Duration
	}{{gpio.Low, low}, {gpio.High, high}} {
		if err := pin.Out(step.level); err != nil {
			_ = pin.Out(gpio.High)
			if !b.stuck {
				b.stuck = true
				b.wiring.Log.Warn("reader's reset pin cannot be driven; going on without it", "err", err)
			}
			return false, nil
		}
		if err := b.wiring.Clock.Sleep(ctx, step.wait); err != nil {
			_ = pin.Out(gpio.High) // not to be left in reset
			return false, fmt.Errorf("%s: reset: %w", b.chip.Name, err)
		}
	}
	b.stuck = false
	return true, nil
}

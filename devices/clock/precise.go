package clock

import (
	"context"
	"errors"
	"syscall"
	"time"
)

// coarse is what the runtime's timers round a shorter wait up to when nothing
// else runs: it waits in epoll, which counts milliseconds.
const coarse = 2 * time.Millisecond

// Precise is the machine's own clock for waits far below a millisecond, such as
// those for an answer of a card: it sleeps in the kernel. A wait under two
// milliseconds is not broken off.
type Precise struct{ System }

var _ Clock = Precise{}

// Sleep waits by the runtime's timer as far as that is good enough, and by
// nanosleep(2) for the rest.
func (p Precise) Sleep(ctx context.Context, d time.Duration) error {
	end := time.Now().Add(d)
	if d > coarse {
		if err := p.System.Sleep(ctx, d-coarse); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		left := time.Until(end)
		if left <= 0 {
			return nil
		}
		rest := syscall.NsecToTimespec(left.Nanoseconds())
		// A signal, which the runtime sends itself, ends it early.
		if err := syscall.Nanosleep(&rest, nil); err != nil && !errors.Is(err, syscall.EINTR) {
			return p.System.Sleep(ctx, left)
		}
	}
	return ctx.Err()
}

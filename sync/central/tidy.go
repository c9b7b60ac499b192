package central

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/sync/count"
)

// tidyEvery is how often Keep does what comes with the calendar.
const tidyEvery = time.Hour

// Keep does once an hour what comes with the calendar and not with a request, until ctx
// ends, whose error it returns. Several centres on one store may do so at once.
func (o *Centre) Keep(ctx context.Context) error {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	failing := false
	for {
		err := o.Tidy(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			o.log.Error("cannot do what the day asks for, trying again each hour", "err", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Tidy does so once: a round whose last day is over has failed, and its shares go; a
// release whose last day has come is made.
func (o *Centre) Tidy(ctx context.Context) error {
	today := count.DayOf(o.now(), o.zone)
	if err := o.rounds.FailRounds(ctx, func(p count.PoolPeriod) bool { return p.Deadline() < today }); err != nil {
		return fmt.Errorf("end rounds: %w", err)
	}
	return o.makeDue(ctx)
}

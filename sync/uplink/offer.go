package uplink

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/sync/wire"
)

// offerEvery is how long a cell of a measure that the centre did not know waits
// to be offered again.
const offerEvery = 24 * time.Hour

// offerAgain has the cells of measures that the centre did not know sent once
// more, at the start and then once a day: the centre may have been upgraded, and
// an answer of version 1 does not say so. One of version 2 does.
func (u *Uplink) offerAgain(ctx context.Context) error {
	if !u.offered.IsZero() && (u.ruled || time.Since(u.offered) < offerEvery) {
		return nil
	}
	if err := u.store.OfferAgain(ctx, wire.CodeBadMeasure); err != nil {
		return fmt.Errorf("offer refused counts again: %w", err)
	}
	u.offered = time.Now()
	return nil
}

// offerDue has the cells sent once more whose day has come by the time of a signed
// answer. It looks once in an hour of that time.
func (u *Uplink) offerDue(ctx context.Context, now time.Time) error {
	hour := now.Truncate(time.Hour)
	if hour.Equal(u.due) {
		return nil
	}
	if err := u.store.OfferDue(ctx, now); err != nil {
		return fmt.Errorf("offer counts whose day has come: %w", err)
	}
	u.due = hour
	return nil
}

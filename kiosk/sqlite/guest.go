package sqlite

import (
	"context"
	"slices"

	"example.org/inloop/kiosk"
)

// AddGuest counts one guest of an age band, now; ErrNotFound for a band that
// is not among those of the room.
func (s *Store) AddGuest(ctx context.Context, by int64, band kiosk.Band) error {
	return s.do(ctx, "add guest", kiosk.Action{Kind: kiosk.ActionAddGuest, By: by, Band: band, Number: 1}, func(ctx context.Context, t *txn) error {
		if !slices.Contains(kiosk.Bands(), band) {
			return kiosk.ErrNotFound
		}
		v := t.visitNow(kiosk.VisitSourceDesk)
		v.band = band
		_, err := t.addVisit(ctx, v)
		return err
	})
}

// ReviewGuest accepts or drops a held guest; ErrNotFound when it is not held (any
// more).
func (s *Store) ReviewGuest(ctx context.Context, by, visit int64, accept bool) error {
	return s.do(ctx, "review guest", kiosk.Action{Kind: kiosk.ActionReviewGuest, By: by, Number: 1}, func(ctx context.Context, t *txn) error {
		return t.changeVisit(ctx, visit, func(v *visitRow) error {
			if !v.held {
				return kiosk.ErrNotFound
			}
			v.held, v.void = false, v.void || !accept
			return nil
		})
	})
}

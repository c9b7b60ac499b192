package sqlite

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/hours"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
)

// closeDue does what the clock owes at the transaction's moment: stays whose
// time has come are closed, estimated, and unknown badges become guests. On
// the first moment of a day, what was kept for yesterday only goes.
func (t *txn) closeDue(ctx context.Context) error {
	if !t.now.Dated() {
		return nil
	}
	now := t.now.At.UnixMilli()
	if t.due.Valid && t.due.Int64 <= now {
		if err := hours.CloseStays(ctx, t, now); err != nil {
			return err
		}
		if err := t.countUnknownBadges(ctx, now); err != nil {
			return err
		}
	}
	if t.s.swept == t.now.Day {
		return nil
	}
	if sure, err := t.believes(ctx); err != nil || !sure {
		return err
	}
	return t.sweep(ctx)
}

// countUnknownBadges makes a guest of every unknown badge that nobody claimed
// before closing.
func (t *txn) countUnknownBadges(ctx context.Context, now int64) error {
	due, err := sqlrow.Collect(ctx, t, t.s.scanUnknownBadge, `SELECT `+unknownBadgeColumns+` FROM stranger WHERE state = 'open' AND closes_ms <= ?1 ORDER BY no`, now)
	if err != nil {
		return fmt.Errorf("read unknown badges: %w", err)
	}
	for _, x := range due {
		if err := t.countUnknownBadge(ctx, x, timeline.Instant{At: x.visit.at, Trust: x.visit.trust, Day: x.visit.day, Part: x.visit.part}); err != nil {
			return err
		}
	}
	return nil
}

// countUndatedBadges makes guests, of a day to be told, of the unknown badges of boots
// that ended without a date: no closing time comes for them.
func (t *txn) countUndatedBadges(ctx context.Context) error {
	due, err := sqlrow.Collect(ctx, t, t.s.scanUnknownBadge,
		`SELECT `+unknownBadgeColumns+` FROM stranger WHERE state = 'open' AND day IS NULL AND boot <> ?1 ORDER BY no`, t.now.boot)
	if err != nil {
		return fmt.Errorf("read undated badges: %w", err)
	}
	for _, x := range due {
		if err := t.countUnknownBadge(ctx, x, timeline.Instant{}); err != nil {
			return err
		}
	}
	return nil
}

// countUnknownBadge makes a guest of one, at the time that is known of its moment.
func (t *txn) countUnknownBadge(ctx context.Context, x unknownBadgeRow, at timeline.Instant) error {
	v := x.visit
	v.how, v.band = kiosk.VisitSourceUnknownBadge, kiosk.BandUnasked
	v.at, v.trust, v.day, v.part = at.At, at.Trust, at.Day, at.Part
	if _, err := t.addVisit(ctx, v); err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, `UPDATE stranger SET state = 'counted' WHERE no = ?1`, x.no); err != nil {
		return fmt.Errorf("count unknown badge: %w", err)
	}
	return nil
}

// sweep removes what was kept for one day only.
func (t *txn) sweep(ctx context.Context) error {
	midnight := t.now.Day.At(0, t.s.timetable().Zone)
	if err := hours.Sweep(ctx, t, t.now.Day, t.now.boot, t.now.Read.Since-t.now.At.Sub(midnight)); err != nil {
		return err
	}
	t.swept = true
	return nil
}

package sqlite

import (
	"context"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/boots"
	"example.org/inloop/kiosk/timeline"
)

// Anchor notes a true time of the running boot, good to errMS milliseconds:
// at.Wall is the true time and at.Since the same instant since the boot. It
// dates what could not be dated in this boot and corrects what was dated by
// the unproven clock.
func (s *Store) Anchor(ctx context.Context, at kiosk.Moment, errMS int64, source string) error {
	return s.doing(ctx, "anchor", func(ctx context.Context, t *txn) error {
		b, err := t.readBoot(ctx, at)
		if err != nil {
			return err
		}
		// A volunteer, or a chip, is held to what is proven alone: a bound that a
		// clock ahead has raised proves nothing against them.
		if b.LowerBound, err = boots.ProvenFrom(ctx, t, b.No); err != nil {
			return err
		}
		next, correction := b.Anchor(at, source)
		if correction == timeline.CorrectionNone {
			return nil
		}
		if err := boots.Align(ctx, t, b.No, next.Alignment, errMS, source); err != nil {
			return err
		}
		// The anchor is the better judge of what is past: a bound that ran ahead
		// of it would leave every later boot without a day.
		if err := t.setPassed(ctx, at.Wall); err != nil {
			return err
		}
		t.now.Instant, _ = next.Read(t.now.Read, t.passed, s.cfg.Timetable)
		t.today = t.now.Day
		return t.correct(ctx, b.No, next.Alignment, correction)
	})
}

// correct does what an anchor means for the rows of its boot.
func (t *txn) correct(ctx context.Context, boot int64, a timeline.Alignment, c timeline.Correction) error {
	switch c {
	case timeline.CorrectionConfirm:
		if err := boots.Confirm(ctx, t, boot, a); err != nil {
			return err
		}
		return t.redate(ctx, boot, a, kiosk.TrustBounded)
	case timeline.CorrectionRedate:
		return t.redate(ctx, boot, a, kiosk.TrustBounded)
	case timeline.CorrectionReplace:
		return t.redate(ctx, boot, a, kiosk.TrustAnchored)
	}
	return nil
}

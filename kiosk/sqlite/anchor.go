package sqlite

import (
	"context"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/boots"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/kiosk/timeline"
)

// Anchor notes a true time of the running boot, good to errMS milliseconds:
// at.Wall is the true time and at.Since the same instant since the boot. It
// dates what could not be dated in this boot and corrects what was dated by
// the unproven clock. A volunteer's word can be undone. It is refused with ErrPast
// when that time had certainly passed, and with ErrAlready when the time is known.
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
			return b.Refused(source)
		}
		if err := boots.Align(ctx, t, b.No, next.Alignment, errMS, source); err != nil {
			return err
		}
		// The anchor is the better measure of what is past: a bound that ran ahead
		// of it would leave every later boot without a day.
		if err := t.setPassed(ctx, at.Wall); err != nil {
			return err
		}
		t.now.Instant, _ = next.Read(t.now.Read, t.passed, s.timetable())
		t.today = t.now.Day
		if err := t.correct(ctx, b.No, next.Alignment, correction); err != nil {
			return err
		}
		if err := t.cells.WithdrawZeros(ctx, t.today); err != nil || source != timeline.SourceVolunteer {
			return err
		}
		word := undo.Journal{Action: kiosk.Action{Kind: kiosk.ActionClock, Number: int(b.No)}}
		return word.Save(ctx, t, t.today, t.now.Moment().Wall)
	})
}

// unanchor takes back a volunteer's word for the time of a boot: its visits have no
// day again, until its clock or anybody else tells one. ErrUndone when somebody has.
func (t *txn) unanchor(ctx context.Context, boot int64) error {
	b, err := t.readBoot(ctx, t.now.Read)
	if err != nil {
		return err
	}
	if b.No != boot || b.Source != timeline.SourceVolunteer {
		return kiosk.ErrUndone
	}
	if err := boots.Align(ctx, t, boot, timeline.Alignment{}, 0, timeline.SourceNobody); err != nil {
		return err
	}
	if err := t.setPassed(ctx, b.LowerBound); err != nil {
		return err
	}
	if err := t.redate(ctx, boot, timeline.Alignment{}, kiosk.TrustAnchored); err != nil {
		return err
	}
	t.now.Instant = timeline.Instant{Read: t.now.Read}
	return nil
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

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
)

// apply writes down what a tap comes to.
func (t *txn) apply(ctx context.Context, c card, act kiosk.Act) error {
	switch act {
	case kiosk.Nothing, kiosk.AskPIN:
		return nil
	case kiosk.Arrive:
		return t.arrive(ctx, c.person, kiosk.ByBadge, false)
	case kiosk.AddGuest, kiosk.HoldGuest:
		v := t.visitNow(kiosk.ByPass)
		v.band, v.held = kiosk.Unasked, act == kiosk.HoldGuest
		_, err := t.addVisit(ctx, v)
		return err
	case kiosk.NoteBadge:
		return t.noteStranger(ctx, c)
	}
	s, err := t.lastStay(ctx, c.person)
	if err != nil {
		return err
	}
	switch act {
	case kiosk.Leave, kiosk.Confirm:
		return t.leave(ctx, s)
	case kiosk.Reopen:
		return t.reopen(ctx, s)
	case kiosk.Assume:
		return t.arrive(ctx, c.person, kiosk.ByBadge, true)
	case kiosk.TakeBack:
		return t.takeBack(ctx, s)
	}
	return fmt.Errorf("unknown act %d", act)
}

// arrive begins a stay, closing without a time one that was left open, and
// adds the visit of this part of the day if there is none.
func (t *txn) arrive(ctx context.Context, person int64, how kiosk.How, assumed bool) error {
	if err := t.leaveBehind(ctx, person); err != nil {
		return err
	}
	if err := t.addStay(ctx, t.stayNow(person, assumed)); err != nil {
		return err
	}
	visited, err := t.visited(ctx, person, t.now.day, t.now.part)
	if err != nil || visited {
		return err
	}
	v := t.visitNow(how)
	v.person, v.assumed = person, assumed
	_, err = t.addVisit(ctx, v)
	return err
}

// takeBack undoes an assumed arrival: she was on her way home. The stay that
// it had closed without a time ends now, measured.
func (t *txn) takeBack(ctx context.Context, assumed stayRow) error {
	if err := t.removeStay(ctx, assumed.no); err != nil {
		return err
	}
	var no int64
	err := t.QueryRowContext(ctx, `SELECT no FROM visit WHERE person = ?1 AND day = ?2 AND part = ?3 AND assumed = 1 AND void = 0`,
		assumed.person, dayOrNull(assumed.day), assumed.part).Scan(&no)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look for assumed visit: %w", err)
	}
	if err == nil {
		if err := t.changeVisit(ctx, no, func(v *visitRow) error { v.void = true; return nil }); err != nil {
			return err
		}
	}
	earlier, err := t.lastStay(ctx, assumed.person, kiosk.Untimed)
	if errors.Is(err, kiosk.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.leave(ctx, earlier)
}

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
)

// apply writes down what a tap comes to. s is the person's last stay of the day, where
// the act is about one.
func (t *txn) apply(ctx context.Context, c card, s stayRow, act kiosk.Effect) error {
	switch act {
	case kiosk.EffectNone, kiosk.EffectAskPIN:
		return nil
	case kiosk.EffectArrive, kiosk.EffectAssume:
		return t.arrive(ctx, arrival{c.person, kiosk.VisitSourceBadge, act == kiosk.EffectAssume, c.in, c.today.Visited, c.remade})
	case kiosk.EffectLeave, kiosk.EffectConfirm:
		return t.leave(ctx, s)
	case kiosk.EffectReopen:
		return t.reopen(ctx, s)
	case kiosk.EffectTakeBack:
		return t.takeBack(ctx, s)
	case kiosk.EffectAddGuest, kiosk.EffectHoldGuest:
		v := t.visitNow(kiosk.VisitSourceGuestPass)
		v.band, v.held = kiosk.BandUnasked, act == kiosk.EffectHoldGuest
		_, err := t.addVisit(ctx, v)
		return err
	case kiosk.EffectNoteBadge:
		return t.noteUnknownBadge(ctx, c)
	}
	return fmt.Errorf("unknown act %d", act)
}

// arrival is one who comes in.
type arrival struct {
	person  int64
	how     kiosk.VisitSource
	assumed bool
	in      bool // the person has an open stay
	visited bool // the person has a visit in this part of the day
	remade  int  // epoch in which the visit was counted before, 0 for none
}

// arrive begins a stay, closing without a time one that was left open, and
// adds the visit of this part of the day if there is none.
func (t *txn) arrive(ctx context.Context, a arrival) error {
	if a.in {
		if err := t.leaveBehind(ctx, a.person); err != nil {
			return err
		}
	}
	if err := t.addStay(ctx, t.stayNow(a.person, a.assumed)); err != nil {
		return err
	}
	if a.visited {
		return nil
	}
	v := t.visitNow(a.how)
	v.person, v.assumed = a.person, a.assumed
	if a.remade != 0 {
		v.epoch = a.remade
	}
	_, err := t.addVisit(ctx, v)
	return err
}

// takeBack undoes an assumed arrival of somebody on the way home. The stay that
// it had closed without a time ends now, measured.
func (t *txn) takeBack(ctx context.Context, assumed stayRow) error {
	if err := t.remove(ctx, undo.TableStays, assumed.no); err != nil {
		return err
	}
	var no int64
	err := t.QueryRowContext(ctx, `SELECT no FROM visit WHERE person = ?1 AND day = ?2 AND part = ?3 AND assumed = 1 AND void = 0`,
		assumed.person, sqlrow.NullDay(assumed.day), assumed.part).Scan(&no)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look for assumed visit: %w", err)
	}
	if err == nil {
		if err := t.changeVisit(ctx, no, func(v *visitRow) error { v.void = true; return nil }); err != nil {
			return err
		}
	}
	earlier, err := t.lastStay(ctx, assumed.person, kiosk.StayEndUntimed)
	if errors.Is(err, kiosk.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.leave(ctx, earlier)
}

package sqlite

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// CheckInByHand notes that a resident came, as a tap would have: see
// [kiosk.MeaningByHand]. ErrAlready when the resident is in,
// ErrNotFound when there is no such person.
func (s *Store) CheckInByHand(ctx context.Context, by, person int64) error {
	return s.do(ctx, "check in by hand", kiosk.Action{Kind: kiosk.ActionCheckIn, By: by, Person: person}, func(ctx context.Context, t *txn) error {
		if err := t.known(ctx, person); err != nil {
			return err
		}
		sit := kiosk.Situation{Badge: kiosk.BadgeResident, Now: t.now.Moment()}
		last, err := t.lastStay(ctx, person)
		if err == nil {
			sit.Stay, sit.Last = t.stay(last), t.lastOf(last)
		} else if !errors.Is(err, kiosk.ErrNotFound) {
			return err
		}
		effect, err := kiosk.MeaningByHand(sit)
		switch {
		case err != nil:
			return err
		case effect == kiosk.EffectReopen:
			return t.reopen(ctx, last)
		}
		return t.arriveByHand(ctx, person)
	})
}

func (t *txn) arriveByHand(ctx context.Context, person int64) error {
	visited, err := t.visited(ctx, person, t.now.Day, t.now.Part)
	if err != nil {
		return err
	}
	return t.arrive(ctx, arrival{person: person, how: kiosk.VisitSourceDesk, in: true, visited: visited})
}

// CheckOut notes that a resident left; ErrNotFound for one who is not in.
func (s *Store) CheckOut(ctx context.Context, by, person int64) error {
	return s.do(ctx, "check out", kiosk.Action{Kind: kiosk.ActionCheckOut, By: by, Person: person}, func(ctx context.Context, t *txn) error {
		last, err := t.openStay(ctx, person)
		if err != nil {
			return err
		}
		return t.leave(ctx, last)
	})
}

// KeepInside answers for all who were in before a power cut: they still are,
// or their stays are closed, estimated. ErrAlready when there is nobody to answer for.
func (s *Store) KeepInside(ctx context.Context, by int64, keep bool) error {
	kind := kiosk.ActionKeepIn
	if !keep {
		kind = kiosk.ActionClearOut
	}
	return s.do(ctx, "keep inside", kiosk.Action{Kind: kind, By: by}, func(ctx context.Context, t *txn) error {
		before, err := sqlrow.Collect(ctx, t, s.scanStay, `SELECT `+stayColumns+` FROM stay
			WHERE ended = '' AND last_boot <> ?1 AND coalesce(seen_boot, 0) <> ?1`, t.now.boot)
		if err != nil {
			return err
		}
		if t.action.Number = len(before); len(before) == 0 {
			return kiosk.ErrAlready
		}
		for _, st := range before {
			if st.seen = t.now.boot; !keep {
				st.end, st.out = kiosk.StayEndEstimated, mark{at: t.now.Moment().Wall}
			}
			if err := t.changeStay(ctx, st); err != nil {
				return err
			}
		}
		return nil
	})
}

// known returns ErrNotFound when there is no such person.
func (t *txn) known(ctx context.Context, person int64) error {
	var no int64
	if err := t.QueryRowContext(ctx, `SELECT no FROM person WHERE no = ?1`, person).Scan(&no); err != nil {
		return fmt.Errorf("look up person: %w", sqlrow.Missing(err))
	}
	return nil
}

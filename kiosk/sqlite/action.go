package sqlite

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/daybook"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/sync/count"
)

// do runs an action in one transaction and keeps how to undo it. An error says
// what was being done.
func (s *Store) do(ctx context.Context, doing string, a kiosk.Action, fn func(context.Context, *txn) error) error {
	return s.doing(ctx, doing, func(ctx context.Context, t *txn) error {
		t.action = &undo.Journal{Action: a}
		if err := fn(ctx, t); err != nil {
			return err
		}
		return t.action.Save(ctx, t, t.today, t.now.Moment().Wall)
	})
}

// doDay is do for the part that knows the room's own day.
func (s *Store) doDay(ctx context.Context, doing string, a kiosk.Action, fn func(context.Context, daybook.DayWriting) error) error {
	return s.do(ctx, doing, a, func(ctx context.Context, t *txn) error {
		return fn(ctx, daybook.DayWriting{Tx: t.cells, Journal: t.action, Now: t.now.Instant, Boot: t.now.boot, Plan: s.plan()})
	})
}

// doRows is do for a part that knows rows alone, with the day it is.
func (s *Store) doRows(ctx context.Context, doing string, a kiosk.Action, fn func(context.Context, sqlrow.Tx, *undo.Journal, count.Day) error) error {
	return s.do(ctx, doing, a, func(ctx context.Context, t *txn) error { return fn(ctx, t, t.action, t.now.Day) })
}

// Undo puts back what one of the last ten actions of today changed, and the
// numbers with it. ErrNotFound when there is no such action (any more),
// ErrUndone when something that happened later depends on it.
func (s *Store) Undo(ctx context.Context, by, action int64) error {
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		entry, err := undo.Load(ctx, t, action, t.today)
		if err != nil {
			return err
		}
		for _, at := range entry.Counted() {
			if err := t.touch(ctx, at); err != nil {
				return err
			}
		}
		if entry.Kind == kiosk.ActionClock {
			if err := t.unanchor(ctx, int64(entry.Number)); err != nil {
				return err
			}
		}
		if err := entry.PutBack(ctx, t); err != nil || !daybook.Concerns(entry.Kind) {
			return err
		}
		return daybook.Touched(ctx, t.cells, t.s.plan(), t.today)
	})
	if err != nil {
		if sqlrow.Conflicts(err) { // what comes back does not fit what happened since
			err = errors.Join(kiosk.ErrUndone, err)
		}
		return fmt.Errorf("undo: %w", err)
	}
	return nil
}

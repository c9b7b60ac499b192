package sqlite

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
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
		return entry.PutBack(ctx, t)
	})
	if err != nil {
		if sqlrow.Conflicts(err) { // what comes back does not fit what happened since
			err = errors.Join(kiosk.ErrUndone, err)
		}
		return fmt.Errorf("undo: %w", err)
	}
	return nil
}

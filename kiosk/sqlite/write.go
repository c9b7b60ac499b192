package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// withTx runs fn in one immediate transaction at the clock's present moment
// and commits what it did; any error of fn, or a panic, leaves no trace.
func (s *Store) withTx(ctx context.Context, fn func(context.Context, *txn) error) error {
	return s.writeAt(ctx, s.cfg.Clock.Now(), fn)
}

// doing is withTx for a whole method of the store: an error says what was being
// done.
func (s *Store) doing(ctx context.Context, what string, fn func(context.Context, *txn) error) error {
	if err := s.withTx(ctx, fn); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// writeRows is withTx for a part of the store that knows rows alone.
func (s *Store) writeRows(ctx context.Context, fn func(context.Context, sqlrow.Tx, kiosk.Moment) error) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error { return fn(ctx, t, t.now.Moment()) })
}

// writeCells is withTx for the part that knows cells alone.
func (s *Store) writeCells(ctx context.Context, fn func(context.Context, *outbox.Tx, kiosk.Moment) error) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error { return fn(ctx, t.cells, t.now.Moment()) })
}

// writeAt is withTx at a given moment.
func (s *Store) writeAt(ctx context.Context, at kiosk.Moment, fn func(context.Context, *txn) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.write(ctx, at, fn)
}

// write does the work of writeAt for one who holds mu.
func (s *Store) write(ctx context.Context, at kiosk.Moment, fn func(context.Context, *txn) error) (err error) {
	switch {
	case s.cfg.Mode == ModeReadOnly:
		return fmt.Errorf("write: %w", fs.ErrPermission)
	case s.lock == nil:
		return fmt.Errorf("write: %w", fs.ErrClosed)
	case s.w == nil: // an earlier restart failed
		if err := s.restart(ctx); err != nil {
			return err
		}
	}
	// A tap in hand is finished: a caller that goes away may not leave in
	// doubt whether it was written.
	ctx = context.WithoutCancel(ctx)
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, rollback(tx))
		}
	}()
	t := &txn{Tx: tx, s: s}
	t.cells = outbox.NewTx(t, t.pass)
	if err := t.enter(ctx, at); err != nil {
		return err
	}
	if err := fn(ctx, t); err != nil {
		return err
	}
	if err := t.recount(ctx); err != nil {
		return err
	}
	done = true
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", errors.Join(err, rollback(tx)))
	}
	if t.swept {
		s.swept = t.now.Day
	}
	s.trust.Store(int32(t.now.Trust))
	return nil
}

// rollback ends a transaction that failed; one that SQLite has ended itself is
// no second error.
func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

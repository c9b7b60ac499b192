package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// txn is one writing transaction and what it knows of the moment. All rows are
// changed through it: what touches a visit calls touch first, so that the
// cells of its day are counted again before the commit.
type txn struct {
	*sql.Tx
	s       *Store
	now     instant       // the moment of the tap or the action
	today   count.Day     // its day, or the last day known when it is undated
	action  *action       // records the rows that a volunteer changes; nil for taps
	keeping bool          // closed periods stay as they are (erasure, retention)
	epochNo int           // ordinal of the present epoch
	passed  time.Time     // below it no clock is believed: noted in the file
	due     sql.NullInt64 // when the clock closes the next stay or unknown badge
	wrote   bool
	swept   bool // yesterday's traces went
	changed changes
}

// withTx runs fn in one immediate transaction at the clock's present moment
// and commits what it did; any error of fn, or a panic, leaves no trace.
func (s *Store) withTx(ctx context.Context, fn func(context.Context, *txn) error) error {
	return s.writeAt(ctx, s.cfg.Clock.Now(), fn)
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

// exec runs one statement that writes.
func (t *txn) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	t.wrote = true
	return t.ExecContext(ctx, query, args...)
}

// one runs a statement that must change exactly one row; ErrNotFound when it
// changes none.
func (t *txn) one(ctx context.Context, query string, args ...any) error {
	res, err := t.exec(ctx, query, args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = kiosk.ErrNotFound
	}
	return err
}

// insert runs an INSERT and returns the new row's number.
func (t *txn) insert(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.exec(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// Turn is the time in which one caller has the file for itself: nobody else
// writes, and no handle is opened anew but by this caller.
type Turn struct{ f *File }

// Turn waits for the caller's turn, unless ctx has ended, and runs fn. In fn the
// file is reached by the Turn alone: the methods of File wait for its end.
func (f *File) Turn(ctx context.Context, fn func(Turn) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return fn(Turn{f})
}

// Reader returns the read-only handle, or fs.ErrClosed.
func (t Turn) Reader() (*sql.DB, error) { return t.f.reader() }

// Write runs fn in one immediate transaction and commits what it did; any error
// of fn, or a panic, leaves no trace. After an error of which Unsure is true
// nothing is written until the file has been renewed: what was not flushed would
// be read back from the page cache as if it were on the disk.
func (t Turn) Write(ctx context.Context, fn func(context.Context, *sql.Tx) error) (err error) {
	f := t.f
	switch {
	case f.cfg.Mode == ModeReadOnly:
		return fmt.Errorf("write: %w", fs.ErrPermission)
	case f.closed:
		return fmt.Errorf("write: %w", fs.ErrClosed)
	case f.doubt && f.cfg.Mode == ModeCommand: // what a daemon commits meanwhile would be lost
		return fmt.Errorf("write: %w: an earlier write could not be flushed", ErrUnsafe)
	case f.doubt, f.w == nil: // a write or an earlier Reopen failed
		if err := t.Reopen(ctx); err != nil {
			return err
		}
	}
	defer func() { f.doubt = f.doubt || Unsure(err) }()
	release, err := f.beside()
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	defer release()
	if err := f.place.check(f.cfg.Path); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	// What was begun is finished: a caller that goes away may not leave in
	// doubt whether it was written.
	ctx = context.WithoutCancel(ctx)
	tx, err := f.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", damaged(err))
	}
	ended := false
	defer func() {
		if !ended {
			err = errors.Join(err, rollback(tx))
		}
	}()
	if err := fn(ctx, tx); err != nil {
		return damaged(err)
	}
	ended = true
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", errors.Join(damaged(err), rollback(tx)))
	}
	return nil
}

// beside holds off, until it is released, a daemon that would renew the file under a
// command that writes. ErrUnsafe when one has begun to.
func (f *File) beside() (release func(), err error) {
	if f.cfg.Mode != ModeCommand {
		return func() {}, nil
	}
	l, err := flock(f.cfg.Path+".lock", syscall.LOCK_SH)
	if err != nil {
		return nil, err
	}
	release = func() { _ = l.Close() }                       // nothing was written
	if _, err := os.Stat(f.cfg.Path + renewed); err == nil { // and has not come to its end
		release()
		return nil, fmt.Errorf("%w: it waits to be renewed", ErrUnsafe)
	}
	return release, nil
}

// rollback ends a transaction that failed; one that SQLite has ended itself is
// no second error.
func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// reopenWait is the longest that opening the file anew may take.
const reopenWait = 30 * time.Second

// Reopen closes both handles, opens them again and looks at the file. A file in
// doubt is renewed meanwhile, and stays in doubt when that fails. It logs no
// success: on a disk that is read but not written it succeeds every time, and is
// called until a write does.
func (t Turn) Reopen(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if t.f.doubt && t.f.cfg.Mode != ModeReadOnly {
		if err := t.f.renew(ctx); err != nil {
			return fmt.Errorf("renew the file: %w", err)
		}
	}
	if err := t.f.disconnect(); err != nil {
		t.f.cfg.Log.Warn("closing the store failed", "err", err)
	}
	ctx, cancel := context.WithTimeout(ctx, reopenWait)
	defer cancel()
	if err := t.f.connect(ctx); err != nil {
		return fmt.Errorf("open again: %w", err)
	}
	if err := checkSound(ctx, t.f.r); err != nil {
		return fmt.Errorf("look at the file: %w", err)
	}
	t.f.doubt = false
	return nil
}

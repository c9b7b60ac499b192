package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// connect opens the two handles and looks whether they save what they are given.
func (s *Store) connect(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			_ = s.disconnect() // the first error is the one that helps
		}
	}()
	if s.w, err = openWriter(ctx, s.cfg.path()); err != nil {
		return err
	}
	if err = checkSafe(ctx, s.w); err != nil {
		return err
	}
	s.r, err = openReader(ctx, s.cfg.path())
	return err
}

func (s *Store) disconnect() error {
	var err error
	if s.r != nil {
		err = s.r.Close()
	}
	if s.w != nil {
		err = errors.Join(err, s.w.Close())
	}
	s.r, s.w = nil, nil
	return err
}

// restart closes both handles, opens them again and looks at the file. It logs
// no success: on a disk that is read but not written it succeeds every time,
// and is called until a write does.
func (s *Store) restart(ctx context.Context) error {
	if err := s.disconnect(); err != nil {
		s.cfg.Log.Warn("closing the store failed", "err", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := s.connect(ctx); err != nil {
		return fmt.Errorf("open again: %w", err)
	}
	var verdict string
	if err := s.r.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return fmt.Errorf("look at the file: %w", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("look at the file: %w: %s", ErrCorrupt, verdict)
	}
	return nil
}

// damaged adds ErrCorrupt to what SQLite says of a damaged file.
func damaged(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB) {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return err
}

// unsure tells whether an error leaves in doubt what reached the disk, so that
// the handle may not be used on.
func unsure(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrIoErr || e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrCantOpen)
}

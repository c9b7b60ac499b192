package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/volunteers"
)

// Open opens the database in cfg.Dir, or begins one. It fails with ErrLocked when
// another process has it, keyring.ErrKey when the key file is not the one that the
// data were written with, ErrUnsafe when SQLite would not flush every tap, and
// ErrCorrupt when the file is damaged.
func Open(ctx context.Context, cfg Config) (_ *Store, err error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("open %s: %w", cfg.Dir, err)
	}
	s := &Store{cfg: cfg}
	s.Outbox = outbox.New(s.writeCells, s.reader, cfg.Timetable.Zone)
	s.Roster = volunteers.New(s.writeRows, s.reader, cfg.Keys, cfg.Clock)
	defer func() {
		if err != nil {
			err = fmt.Errorf("open %s: %w", cfg.path(), damaged(err))
			_ = s.Close() // the first error is the one that helps
		}
	}()
	if cfg.Mode == ModeReadOnly {
		if s.r, err = openReader(ctx, cfg.path()); err != nil {
			return nil, err
		}
		return s, s.checkKey(ctx, s.r)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, err
	}
	if s.lock, err = cfg.take(); err != nil {
		return nil, err
	}
	if err := migrate(ctx, cfg.path(), cfg.Log); err != nil {
		return nil, err
	}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	return s, s.begin(ctx)
}

// take holds the folder for a daemon. A command holds nothing but the folder's
// handle: SQLite lets it and the daemon write by turns.
func (c Config) take() (*os.File, error) {
	if c.Mode == ModeCommand {
		return os.Open(c.Dir)
	}
	return lockFile(filepath.Join(c.Dir, lockName))
}

// begin writes the first rows of a new database, or checks the key of an old one,
// and fits what is open to the present timetable.
func (s *Store) begin(ctx context.Context) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error {
		err := s.checkKey(ctx, t)
		if errors.Is(err, sql.ErrNoRows) {
			if _, err := t.ExecContext(ctx, `INSERT INTO meta (one, key_check) VALUES (1, ?1)`, s.cfg.Keys.Check()); err != nil {
				return err
			}
			return t.cells.NewEpoch(ctx, outbox.ReasonCreated, t.now.Moment().Wall)
		}
		if err != nil {
			return err
		}
		return t.refit(ctx)
	})
}

// checkKey returns keyring.ErrKey when the database was written with another key, and
// sql.ErrNoRows when it was not written at all.
func (s *Store) checkKey(ctx context.Context, q sqlrow.Querier) error {
	var mac []byte
	if err := q.QueryRowContext(ctx, `SELECT key_check FROM meta`).Scan(&mac); err != nil {
		return fmt.Errorf("read key check: %w", err)
	}
	if !s.cfg.Keys.Checks(mac) {
		return fmt.Errorf("%w (put back the key file that was there when the folder was made)", keyring.ErrKey)
	}
	return nil
}

// Close writes the log back into the file and lets the folder go.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.disconnect()
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
		s.lock = nil
	}
	return err
}

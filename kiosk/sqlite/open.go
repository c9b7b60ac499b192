package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite/answers"
	"example.org/inloop/kiosk/sqlite/daybook"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/hours"
	"example.org/inloop/kiosk/sqlite/imports"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/names"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/owner"
	"example.org/inloop/kiosk/sqlite/pooling"
	"example.org/inloop/kiosk/sqlite/profile"
	"example.org/inloop/kiosk/sqlite/slips"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/upgrade"
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
	defer func() {
		if err != nil {
			err = fmt.Errorf("open %s: %w", cfg.path(), err)
		}
	}()
	file, err := dbfile.Open(ctx, dbfile.Config{Path: cfg.path(), Lock: cfg.lock(), Mode: cfg.Mode, Migrations: migrations, Log: cfg.Log, Disk: cfg.Disk})
	if err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, file: file, names: names.New(cfg.Keys.OpenText)}
	s.hours.Store(&cfg.Timetable)
	s.seats.Store(int64(cfg.Capacity))
	s.shown.Store(&cfg.Programme)
	s.Book = daybook.New(s.doDay)
	s.Box = slips.New(slips.BoxMeans{Do: s.doRows, Read: s.reader, Keys: cfg.Keys})
	s.Outbox = outbox.New(s.writeCells, s.reader, cfg.Timetable.Zone)
	s.Roster = volunteers.New(s.writeRows, s.reader, cfg.Keys, cfg.Clock, cfg.HashPIN)
	s.Owners = owner.New(owner.Store{Write: s.writeRows, Read: s.reader, Trust: s.Trust, Keys: cfg.Keys, Zone: cfg.Timetable.Zone})
	s.Pooling = pooling.New(pooling.Config{
		Write: s.writePool, Read: s.reader, Keys: cfg.Keys, Zone: cfg.Timetable.Zone, Today: s.todayOf,
		Counter: slips.WithSlips{PeriodCounter: answers.Settler{Rows: s.rows}, Keys: cfg.Keys},
	})
	s.Register = answers.New(answers.RoomRows{Write: s.writeToday, Read: s.reader, Rows: s.rows})
	s.Lists = imports.New(imports.Means{
		Write: s.writeLists, Reader: s.reader, Ledger: s.rows, Rules: cfg.Rules, PartTimes: cfg.Timetable.PartTimes,
		Lock: filepath.Join(cfg.Dir, listName),
	})
	if err = s.begin(ctx); err == nil {
		err = s.upgrade(ctx)
	}
	if err == nil {
		err = cfg.Keys.Begun(cfg.Dir) // or it would begin anew when its file is away
	}
	if err != nil {
		_ = s.Close() // the first error is the one that helps
		return nil, err
	}
	return s, nil
}

// begin writes the first rows of a new database, or checks the key of an old one,
// and fits what is open to the present timetable.
func (s *Store) begin(ctx context.Context) error {
	if s.cfg.Mode == ModeReadOnly {
		db, err := s.reader()
		if err != nil {
			return err
		}
		return s.checkKey(ctx, db)
	}
	return s.withTx(ctx, func(ctx context.Context, t *txn) error {
		err := s.checkKey(ctx, t)
		if errors.Is(err, sql.ErrNoRows) {
			if _, err := t.ExecContext(ctx, `INSERT INTO meta (one, key_check) VALUES (1, ?1)`, s.cfg.Keys.Check()); err != nil {
				return err
			}
			if err := upgrade.Begin(ctx, t, s.upgrades()); err != nil {
				return err
			}
			err = t.cells.NewEpoch(ctx, outbox.OriginCreated, t.now.Moment().Wall)
		} else if err == nil && s.cfg.Mode == ModeDaemon {
			err = outbox.NoteStart(ctx, t, t.now.Day)
		}
		if err != nil {
			return err
		}
		if err := ledger.NoteWeek(ctx, t, s.timetable()); err != nil {
			return err
		}
		return hours.Refit(ctx, t, s.timetable())
	})
}

// upgrades are what is done once to the rows of a file that is older, in this order:
// what needs the room's key.
func (s *Store) upgrades() []upgrade.Step {
	return []upgrade.Step{profile.Sealing(s.cfg.Keys), imports.Folding(s.cfg.Keys), answers.Moving(s.rows)}
}

// upgrade does those that are still to be done.
func (s *Store) upgrade(ctx context.Context) error {
	if s.cfg.Mode == ModeReadOnly {
		return nil
	}
	return upgrade.Run(ctx, upgrade.Access{
		Write: func(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
			return s.file.Turn(ctx, func(turn dbfile.Turn) error { return turn.Write(ctx, fn) })
		},
		Read: s.reader, Scrub: s.file.Scrub, Log: s.cfg.Log,
	}, s.upgrades())
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
func (s *Store) Close() error { return s.file.Close() }

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/sync/count"
)

// Restore puts a backup in the place of the database in cfg.Dir and returns the
// folder in which the former one was kept aside, or "" when there was none.
// The restored one begins a new epoch, forgets the request and the token that
// were on their way, and erases again whoever was erased since the backup.
//
// It fails, having changed nothing, with ErrLocked while a daemon runs on the
// folder, ErrKey when the key file is not the one that the backup was written
// with, and ErrCorrupt when the file is no sound backup.
func Restore(ctx context.Context, cfg Config, file string) (aside string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("restore %s: %w", file, err)
		}
	}()
	if err := cfg.check(); err != nil {
		return "", err
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return "", err
	}
	lock, err := dbfile.Lock(cfg.lock())
	if errors.Is(err, ErrLocked) {
		err = fmt.Errorf("%w: stop it first", err)
	}
	if err != nil {
		return "", err
	}
	defer lock.Close() //nolint:errcheck // the kernel lets it go
	aside, err = backup.Restore(cfg.Disk, cfg.path(), file, cfg.Clock.Now().Wall, func(staged string) error {
		taken, err := cfg.inspect(ctx, staged)
		if err != nil {
			return err
		}
		stage := cfg
		stage.Dir = filepath.Dir(staged)
		return prepare(ctx, stage, cfg.Dir, taken, readFormer(ctx, cfg))
	})
	if errors.Is(err, backup.ErrFile) {
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return aside, err
}

// former is what the restored database must go on above.
type former struct {
	outbox.Former
	person int64
}

// lastPerson is the highest number that a person ever had.
const lastPerson = `SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'person'`

// readFormer reads it from the database that is replaced, as far as that still can
// be read; a damaged one is often why a backup is restored.
func readFormer(ctx context.Context, cfg Config) (f former) {
	if _, err := os.Stat(cfg.path()); err != nil {
		return f
	}
	err := dbfile.Drain(ctx, cfg.path(), func(db *sql.DB) (err error) {
		f.Former, err = outbox.ReadFormer(ctx, db)
		return errors.Join(err, db.QueryRowContext(ctx, lastPerson).Scan(&f.person))
	})
	if err != nil {
		cfg.Log.Warn("the database that is replaced cannot be read", "err", err)
	}
	return f
}

// prepare makes the staged copy, of a backup of the day taken, fit to go on
// where the former one ended.
func prepare(ctx context.Context, stage Config, dir string, taken count.Day, was former) (err error) {
	notes, err := backup.ReadNotes(dir)
	if err != nil {
		return err
	}
	s, err := Open(ctx, stage)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	was.Epoch = max(was.Epoch, notes.Epoch)
	ordinal := 0
	err = s.withTx(ctx, func(ctx context.Context, t *txn) error {
		if err := t.beginRestored(ctx, taken, was); err != nil {
			return err
		}
		ordinal = t.cells.Epoch
		return nil
	})
	if err != nil {
		return err
	}
	// Another transaction, so that what it counts again is of the new epoch.
	if err := s.withTx(ctx, func(ctx context.Context, t *txn) error { return t.eraseAgain(ctx, notes) }); err != nil {
		return err
	}
	return backup.NoteEpoch(stage.Disk, dir, ordinal)
}

// beginRestored opens the new epoch of a backup of the day taken, above every
// epoch ever used, and drops what the old one could still undo or send.
func (t *txn) beginRestored(ctx context.Context, taken count.Day, was former) error {
	if err := t.cells.Restore(ctx, t.now.Moment().Wall, taken, was.Former); err != nil {
		return err
	}
	// The actions' day may not have gone on as the rows say.
	if err := undo.ForgetAll(ctx, t); err != nil {
		return err
	}
	// The days between are not closed out: what is lost is not nobody.
	if t.now.Dated() {
		if err := sqlrow.One(ctx, t, `UPDATE meta SET ended_day = ?1`, t.today-1); err != nil {
			return fmt.Errorf("pass over lost days: %w", err)
		}
	}
	return t.skipPersons(ctx, was.person)
}

// eraseAgain erases from a restored database whom it must not bring back, and
// keeps the numbers of all others erased from being given again.
func (t *txn) eraseAgain(ctx context.Context, notes backup.Notes) error {
	var last int64
	if err := t.QueryRowContext(ctx, lastPerson).Scan(&last); err != nil {
		return fmt.Errorf("read last person: %w", err)
	}
	erased, highest := notes.Erased(t.s.cfg.Keys, last)
	if err := t.skipPersons(ctx, highest); err != nil {
		return err
	}
	var back []int64
	for _, no := range erased {
		switch err := t.known(ctx, no); {
		case err == nil:
			back = append(back, no)
		case !errors.Is(err, kiosk.ErrNotFound):
			return err
		}
	}
	if len(back) == 0 {
		return nil
	}
	return t.leavingClosed(ctx, func() error {
		for _, no := range back {
			if err := t.erase(ctx, no); err != nil {
				return fmt.Errorf("erase again: %w", err)
			}
		}
		return nil
	})
}

// skipPersons makes the next new person's number higher than last.
func (t *txn) skipPersons(ctx context.Context, last int64) error {
	for _, query := range []string{
		`INSERT INTO sqlite_sequence (name, seq) SELECT 'person', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'person')`,
		`UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'person'`,
	} {
		if _, err := t.ExecContext(ctx, query, last); err != nil {
			return fmt.Errorf("skip persons' numbers: %w", err)
		}
	}
	return nil
}

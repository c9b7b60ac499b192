package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/salvage"
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
	return cfg.putBack(ctx, file, nil, nil)
}

// Mend is Restore of a database of which from is what can still be read: that goes
// into the copy too. It calls ready when all is prepared and nothing changed yet.
func Mend(ctx context.Context, cfg Config, file string, from *salvage.Damaged, ready func() error) (aside string, err error) {
	return cfg.putBack(ctx, file, from, ready)
}

func (c Config) putBack(ctx context.Context, file string, from *salvage.Damaged, ready func() error) (aside string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("restore %s: %w", file, err)
		}
	}()
	if err := c.check(); err != nil {
		return "", err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return "", err
	}
	lock, err := dbfile.Lock(c.lock())
	if errors.Is(err, ErrLocked) {
		err = fmt.Errorf("%w: stop it first", err)
	}
	if err != nil {
		return "", err
	}
	defer lock.Close() //nolint:errcheck // the kernel lets it go
	aside, err = backup.Restore(c.Disk, c.path(), file, c.Clock.Now().Wall, func(staged string) error {
		taken, err := c.inspect(ctx, staged)
		if err != nil {
			return err
		}
		stage := c
		stage.Dir = filepath.Dir(staged)
		if from == nil {
			return prepare(ctx, stage, c.Dir, taken, salvage.ReadFormer(ctx, c.path(), taken, c.Log), false)
		}
		if err := mix(ctx, stage, c.Dir, taken, from); err != nil {
			return err
		}
		return ready()
	}, func(staged string) error { return dbfile.Replace(c.Disk, c.path(), staged) })
	if errors.Is(err, backup.ErrFile) {
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return aside, err
}

// mix is prepare with what can be read of a damaged database. The first opening
// brings the tables up to date.
func mix(ctx context.Context, stage Config, dir string, taken count.Day, from *salvage.Damaged) error {
	s, err := Open(ctx, stage)
	if err != nil {
		return err
	}
	if err := errors.Join(s.Close(), from.Fill(ctx, stage.path(), stage.Keys)); err != nil {
		return err
	}
	if err := prepare(ctx, stage, dir, taken, salvage.FormerRoom{}, from.Whole); err != nil {
		return err
	}
	return from.FillCells(ctx, stage.path())
}

// prepare makes the staged copy, of a backup of the day taken, fit to go on
// where the former one ended.
func prepare(ctx context.Context, stage Config, dir string, taken count.Day, was salvage.FormerRoom, whole bool) (err error) {
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
		if err := t.beginRestored(ctx, taken, was, whole); err != nil {
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
// Of one that is whole nothing is lost since.
func (t *txn) beginRestored(ctx context.Context, taken count.Day, was salvage.FormerRoom, whole bool) error {
	if whole {
		taken = t.today + 1
	}
	before := t.cells.Epoch
	if err := t.cells.Restore(ctx, t.now.Moment().Wall, taken, was.Former); err != nil {
		return err
	}
	// The actions' day may not have gone on as the rows say.
	if err := undo.ForgetAll(ctx, t); err != nil {
		return err
	}
	// The days between are not closed out: what is lost is not nobody.
	if t.now.Dated() && !whole {
		if err := sqlrow.One(ctx, t, `UPDATE meta SET ended_day = ?1`, t.today-1); err != nil {
			return fmt.Errorf("pass over lost days: %w", err)
		}
	}
	return was.GoOn(ctx, t, before)
}

// eraseAgain erases from a restored database whom it must not bring back, and
// keeps the numbers of all others erased from being given again.
func (t *txn) eraseAgain(ctx context.Context, notes backup.Notes) error {
	var last int64
	if err := t.QueryRowContext(ctx, salvage.LastPerson).Scan(&last); err != nil {
		return fmt.Errorf("read last person: %w", err)
	}
	erased, highest := notes.Erased(t.s.cfg.Keys, last)
	if err := salvage.SkipPersons(ctx, t, highest); err != nil {
		return err
	}
	for _, no := range erased {
		if err := t.erase(ctx, no); err != nil && !errors.Is(err, kiosk.ErrNotFound) {
			return fmt.Errorf("erase again: %w", err)
		}
	}
	return nil
}

package rescue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/keyring"
	"example.org/inloop/kiosk/sqlite"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/salvage"
)

// workName is the folder, in the data folder, in which a damaged database is read.
const workName = ".salvage"

// Look has the database of a room looked at before it is opened, and mended when it
// is damaged. The rings are where its nightly backups are, the best place first. A
// database that is not there is left to who opens it.
func Look(ctx context.Context, cfg sqlite.Config, rings ...backup.Ring) error {
	path := sqlite.Path(cfg.Dir)
	if err := dbfile.Finish(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at the database: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if cfg.Keys.Beginning() {
		return nil // nothing was ever kept in it
	}
	l := ladder{cfg: cfg, path: path, rings: rings}
	err := salvage.Check(ctx, path, cfg.Keys)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrKey) && l.newest(ctx).file == "":
		return err // another room's
	case errors.Is(err, keyring.ErrKey), errors.Is(err, dbfile.ErrCorrupt):
		if err := l.climb(ctx); err != nil {
			return fmt.Errorf("save what can be saved: %w", err)
		}
		cfg.Log.Warn("the database was damaged", "err", err)
		return nil
	}
	return fmt.Errorf("look at the database: %w", err)
}

// ladder is one database that is damaged.
type ladder struct {
	cfg   sqlite.Config
	path  string
	rings []backup.Ring
}

// night is a nightly backup.
type night struct {
	file   string // "" when there is none
	day    int64
	others bool // there are some that are sound and of another key
}

// newest returns the newest nightly backup that is sound and of this room's key.
func (l ladder) newest(ctx context.Context) night {
	best := night{}
	for _, ring := range l.rings {
		days, err := ring.Nights()
		if err != nil {
			l.cfg.Log.Warn("nightly backups cannot be read", "err", err)
		}
		for _, day := range days {
			if int64(day) <= best.day {
				break // they come newest first
			}
			if err := l.fits(ctx, ring.File(day)); err != nil {
				l.cfg.Log.Warn("a nightly backup is of no use", "day", day.String(), "err", err)
				best.others = best.others || errors.Is(err, keyring.ErrKey)
				continue
			}
			best.file, best.day = ring.File(day), int64(day)
			break
		}
	}
	return best
}

// fits returns an error unless a backup is sound and of this room's key.
func (l ladder) fits(ctx context.Context, file string) error {
	return dbfile.Inspect(ctx, file, func(db *sql.DB) error {
		var mac []byte
		if err := db.QueryRowContext(ctx, `SELECT key_check FROM meta`).Scan(&mac); err != nil {
			return err
		}
		if !l.cfg.Keys.Checks(mac) {
			return keyring.ErrKey
		}
		return nil
	})
}

// climb saves what can be saved.
func (l ladder) climb(ctx context.Context) (err error) {
	work := filepath.Join(l.cfg.Dir, workName)
	if err := os.RemoveAll(work); err != nil { // of a try that was cut off
		return err
	}
	if err := os.Mkdir(work, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // the next try removes it
	from, err := salvage.Read(ctx, l.path, work)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	base, err := l.base(ctx, from)
	if err != nil {
		return err
	}
	if base == "" {
		if base, err = l.empty(ctx, work); err != nil {
			return err
		}
	}
	aside, err := sqlite.Mend(ctx, l.cfg, base, from, func() error {
		return noteMended(l.cfg.Dir, Mended{Missing: from.Missing})
	})
	if err != nil {
		return err
	}
	l.cfg.Log.Warn("the database is mended", "from", filepath.Base(base), "missing", from.Missing, "aside", aside)
	return nil
}

// base returns the backup that what can be read goes into, "" for an empty database.
// It refuses to go on by another room's key: no badge would be known in what that
// makes, and no name would open.
func (l ladder) base(ctx context.Context, from *salvage.Damaged) (string, error) {
	well, ill, err := from.Ours(ctx, l.cfg.Keys)
	if err != nil || from.Whole && well > 0 {
		return "", err
	}
	newest := l.newest(ctx)
	if well == 0 && newest.file == "" && (ill > 0 || newest.others) {
		return "", fmt.Errorf("%w (put back the key file that was there before)", keyring.ErrKey)
	}
	if from.Whole {
		return "", nil
	}
	return newest.file, nil
}

// empty makes a database without rows, for who has no backup.
func (l ladder) empty(ctx context.Context, work string) (string, error) {
	cfg := l.cfg
	cfg.Dir = filepath.Join(work, "empty")
	s, err := sqlite.Open(ctx, cfg)
	if err != nil {
		return "", err
	}
	return sqlite.Path(cfg.Dir), s.Close()
}

// BeginAgain begins a room once more whose database is gone: with the newest nightly
// backup, if there is one elsewhere, or as a new one. Somebody has to have said so.
func BeginAgain(ctx context.Context, cfg sqlite.Config, rings ...backup.Ring) error {
	l := ladder{cfg: cfg, path: sqlite.Path(cfg.Dir), rings: rings}
	if _, err := os.Stat(dbfile.Standing(l.path)); err == nil {
		return nil // it came back meanwhile
	}
	base := l.newest(ctx).file
	if base == "" {
		if err := cfg.Keys.Begin(); err != nil {
			return fmt.Errorf("begin again: %w", err)
		}
		return nil
	}
	if _, err := sqlite.Restore(ctx, cfg, base); err != nil {
		return fmt.Errorf("begin again: %w", err)
	}
	return noteMended(cfg.Dir, Mended{Missing: true})
}

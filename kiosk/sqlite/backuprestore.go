package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/inloop/sync/count"
)

// asidePrefix begins the name of a folder, in the data folder, that holds a
// book as it was before a restore; asideDays later the nightly job deletes it.
const (
	asidePrefix = "replaced-"
	asideStamp  = "20060102-150405"
	asideDays   = 31
)

// Restore puts a backup in the place of the book in cfg.Dir and returns the
// folder in which the former book was kept aside, or "" when there was none.
// The restored book begins a new epoch, forgets the request and the token that
// were on their way, and erases again whoever was erased since the backup.
//
// It fails, having changed nothing, with ErrLocked while a daemon runs on the
// folder, ErrKey when the key file is not the one that the backup was written
// with, and ErrCorrupt when the file is no sound backup.
func Restore(ctx context.Context, cfg Config, file string) (aside string, err error) {
	aside, err = restore(ctx, cfg, file)
	if err != nil {
		return "", fmt.Errorf("restore %s: %w", file, err)
	}
	return aside, nil
}

func restore(ctx context.Context, cfg Config, file string) (aside string, err error) {
	if err := cfg.check(); err != nil {
		return "", err
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return "", err
	}
	lock, err := lockFile(filepath.Join(cfg.Dir, lockName))
	if err != nil {
		if errors.Is(err, ErrLocked) {
			err = fmt.Errorf("%w: stop it first", err)
		}
		return "", err
	}
	defer lock.Close() //nolint:errcheck // the kernel lets it go
	stage := cfg
	stage.Dir = filepath.Join(cfg.Dir, ".restore")
	// What a restore that was cut off has left is of no use.
	if err := os.RemoveAll(stage.Dir); err != nil {
		return "", err
	}
	defer os.RemoveAll(stage.Dir) //nolint:errcheck // the next restore removes it
	if err := os.Mkdir(stage.Dir, 0o700); err != nil {
		return "", err
	}
	if err := copyBackup(file, stage.path()); err != nil {
		return "", err
	}
	if err := checkCopy(ctx, stage.path()); err != nil {
		return "", err
	}
	taken, err := takenOn(ctx, stage)
	if err != nil {
		return "", err
	}
	if err := prepare(ctx, stage, cfg.Dir, taken, formerBook(ctx, cfg)); err != nil {
		return "", err
	}
	return swap(cfg, stage)
}

// copyBackup copies a backup into the stage and flushes it.
func copyBackup(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		return fmt.Errorf("%w: want a file that inloop-kiosk backup has written", ErrCorrupt)
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// takenOn returns the day of a backup: the last that the book had seen. It must
// be read before the book is opened, which is a moment that it sees.
func takenOn(ctx context.Context, stage Config) (day count.Day, err error) {
	db := sql.OpenDB(newConnector(stage.path(), "?mode=ro&immutable=1"))
	defer db.Close() //nolint:errcheck // only read
	var floor int64
	if err := db.QueryRowContext(ctx, `SELECT floor_ms FROM meta`).Scan(&floor); err != nil {
		return count.NoDay, fmt.Errorf("%w: read the backup's day: %w", ErrCorrupt, err)
	}
	return stage.Timetable.Day(time.UnixMilli(floor)), nil
}

// former is what the restored book must go on above.
type former struct {
	epoch       int
	rev, person int64
}

// formerBook reads it from the book that is replaced, as far as that still can
// be read; a damaged one is often why a backup is restored.
func formerBook(ctx context.Context, cfg Config) (f former) {
	if _, err := os.Stat(cfg.path()); err != nil {
		return f
	}
	// A handle that writes brings in, as it closes, what the log still holds.
	db, err := openWriter(ctx, cfg.path())
	if err == nil {
		err = errors.Join(db.QueryRowContext(ctx, `
			SELECT (SELECT coalesce(max(ordinal), 0) FROM epoch), (SELECT rev FROM meta),
			       (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'person')`).Scan(&f.epoch, &f.rev, &f.person), db.Close())
	}
	if err != nil {
		cfg.Log.Warn("the book that is replaced cannot be read", "err", err)
	}
	return f
}

// prepare makes the staged copy, of a backup of the day taken, fit to go on
// where the former book ended.
func prepare(ctx context.Context, stage Config, dir string, taken count.Day, was former) (err error) {
	o, err := readOutlive(dir)
	if err != nil {
		return err
	}
	s, err := Open(ctx, stage)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	ordinal := 0
	err = s.withTx(ctx, func(ctx context.Context, t *txn) error {
		ordinal, err = t.beginRestored(ctx, taken, max(was.epoch, o.epoch), was)
		return err
	})
	if err != nil {
		return err
	}
	// Another transaction, so that what it counts again is of the new epoch.
	if err := s.withTx(ctx, o.eraseAgain); err != nil {
		return err
	}
	return appendOutlive(dir, fmt.Sprintf("epoch %d", ordinal))
}

// beginRestored opens the new epoch, above every ordinal ever used, and drops
// what the old life could still undo or send.
func (t *txn) beginRestored(ctx context.Context, taken count.Day, highest int, was former) (ordinal int, err error) {
	if err := t.newEpoch(ctx, reasonRestored); err != nil {
		return 0, err
	}
	if err := t.QueryRowContext(ctx, `SELECT max(ordinal) FROM epoch`).Scan(&ordinal); err != nil {
		return 0, fmt.Errorf("read epoch: %w", err)
	}
	if ordinal <= highest {
		if err := t.one(ctx, `UPDATE epoch SET ordinal = ?2 WHERE ordinal = ?1`, ordinal, highest+1); err != nil {
			return 0, fmt.Errorf("number epoch: %w", err)
		}
		ordinal = highest + 1
		t.epochNo = ordinal
	}
	for _, query := range []string{
		// Actions of a day that may not have gone on as the book says.
		`DELETE FROM image`,
		`DELETE FROM action`,
	} {
		if _, err := t.exec(ctx, query); err != nil {
			return 0, fmt.Errorf("drop what could be undone: %w", err)
		}
	}
	// From the day of the backup on the centre knows better.
	if err := t.one(ctx, `UPDATE epoch SET frozen = ?2 WHERE ordinal = ?1`, ordinal, taken); err != nil {
		return 0, fmt.Errorf("freeze old cells: %w", err)
	}
	_, err = t.exec(ctx, `UPDATE cell SET acked_rev = rev WHERE length(period) = 10 AND period >= ?1`, taken.String())
	if err != nil {
		return 0, fmt.Errorf("freeze old cells: %w", err)
	}
	// The days between are not closed out: what is lost is not nobody.
	if t.now.Dated() {
		if err := t.one(ctx, `UPDATE meta SET ended_day = ?1`, t.today-1); err != nil {
			return 0, fmt.Errorf("pass over lost days: %w", err)
		}
	}
	if _, err := t.exec(ctx, `UPDATE meta SET rev = max(rev, ?1)`, was.rev); err != nil {
		return 0, fmt.Errorf("raise revision: %w", err)
	}
	return ordinal, t.skipPersons(ctx, was.person)
}

// swap puts the staged book in place. The old one keeps its name until the new
// one takes it, so that a power cut leaves one of the two and never none.
func swap(cfg, stage Config) (aside string, err error) {
	switch _, err := os.Stat(cfg.path()); {
	case err == nil:
		stamp := cfg.Clock.Now().Wall.UTC().Format(asideStamp)
		if aside, err = os.MkdirTemp(cfg.Dir, asidePrefix+stamp+"-*"); err != nil {
			return "", err
		}
		if err := keepAside(cfg.path(), aside); err != nil {
			return "", err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	if err := os.Rename(stage.path(), cfg.path()); err != nil {
		return "", err
	}
	return aside, syncDir(cfg.Dir)
}

// keepAside gives the old database a second name and moves its log with it,
// which must never be found beside another database.
func keepAside(path, aside string) error {
	if err := os.Link(path, filepath.Join(aside, fileName)); err != nil {
		return err
	}
	for _, tail := range []string{"-wal", "-shm"} {
		err := os.Rename(path+tail, filepath.Join(aside, fileName+tail))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return syncDir(aside)
}

// dropAside deletes books that were kept aside more than a month ago: they
// hold what has since been erased.
func (s *Store) dropAside(today count.Day) error {
	folders, err := filepath.Glob(filepath.Join(s.cfg.Dir, asidePrefix+"*"))
	if err != nil {
		return fmt.Errorf("look for old books: %w", err)
	}
	for _, folder := range folders {
		name := strings.TrimPrefix(filepath.Base(folder), asidePrefix)
		at, err := time.Parse(asideStamp, name[:min(len(name), len(asideStamp))])
		if err != nil || today-count.DayOf(at, time.UTC) <= asideDays {
			continue
		}
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("delete old book: %w", err)
		}
	}
	return nil
}

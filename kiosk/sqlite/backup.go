package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes a copy of the book to file, while the daemon goes on. The copy
// is checked and flushed before it gets its name, so that there is either a
// whole backup or none. It holds no key: without the room's key file nobody
// can read a name in it, or tell whose card is whose. A file that is there
// already is not replaced (fs.ErrExist).
func (s *Store) Backup(ctx context.Context, file string) error {
	if err := backup(ctx, s.cfg.path(), file); err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	return nil
}

func backup(ctx context.Context, from, file string) (err error) {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("%w: give a name that is free", fs.ErrExist)
		}
		return err
	}
	dir := filepath.Dir(file)
	// An empty file of ours: SQLite fills it, and nobody else may read it.
	tmp, err := os.CreateTemp(dir, ".backup-*")
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("folder %s: %w: make it, or name another", dir, fs.ErrNotExist)
	}
	if err != nil {
		return err
	}
	name := tmp.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(name))
		}
	}()
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := vacuumInto(ctx, from, name); err != nil {
		return err
	}
	if err := checkCopy(ctx, name); err != nil {
		return err
	}
	if err := syncFile(name); err != nil {
		return err
	}
	if err := os.Rename(name, file); err != nil {
		return err
	}
	return syncDir(dir)
}

// vacuumInto copies the database as it is at one moment. It needs a handle of
// its own, because the reading ones refuse every kind of writing.
func vacuumInto(ctx context.Context, from, to string) error {
	db := sql.OpenDB(newConnector(from, "?mode=ro&_busy_timeout=5000"+atRest(from)))
	_, err := db.ExecContext(ctx, `VACUUM INTO ?1`, to)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return nil
}

// checkCopy returns ErrCorrupt when a file is no sound book of a room.
func checkCopy(ctx context.Context, path string) error {
	db := sql.OpenDB(newConnector(path, "?mode=ro&immutable=1"))
	defer db.Close() //nolint:errcheck // only read
	var id int64
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if id != applicationID {
		return fmt.Errorf("%w: no book of a room", ErrCorrupt)
	}
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", ErrCorrupt, found)
	}
	return nil
}

// applicationID is what migration 1 writes into the file's header: "INLP".
const applicationID = 1229868112

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncDir flushes a folder, so that a name made in it outlives a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

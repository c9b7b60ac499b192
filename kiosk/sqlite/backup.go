package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk/backup"
)

// Backup writes a copy of the database to file, while the daemon goes on. It is
// checked before it gets its name; see [backup.Write].
func (s *Store) Backup(ctx context.Context, file string) error {
	err := backup.Write(s.cfg.Disk, file, func(name string) error {
		if err := vacuumInto(ctx, s.cfg.path(), name); err != nil {
			return err
		}
		return checkCopy(ctx, name)
	})
	if err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	return nil
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

// checkCopy returns ErrCorrupt when a file is no sound database of a room.
func checkCopy(ctx context.Context, path string) error {
	db := sql.OpenDB(newConnector(path, "?mode=ro&immutable=1"))
	defer db.Close() //nolint:errcheck // only read
	var id int64
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if id != applicationID {
		return fmt.Errorf("%w: not the database of a room", ErrCorrupt)
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

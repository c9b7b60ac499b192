package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/sync/count"
)

// Backup writes a copy of the database to file, while the daemon goes on. It is
// checked before it gets its name; see [backup.Write].
func (s *Store) Backup(ctx context.Context, file string) error {
	err := backup.Write(s.cfg.Disk, file, func(name string) error {
		if err := s.file.CopyTo(ctx, name); err != nil {
			return err
		}
		_, err := s.cfg.inspect(ctx, name)
		return err
	})
	if err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	return nil
}

// applicationID is what migration 1 writes into the file's header: "INLP".
const applicationID = 1229868112

// inspect returns the day of a backup: the last that the database had seen. It
// must be read before the store is opened, which is a moment that it sees.
// ErrCorrupt when the file is no sound database of a room.
func (c Config) inspect(ctx context.Context, path string) (day count.Day, err error) {
	day = count.NoDay
	err = dbfile.Inspect(ctx, path, func(db *sql.DB) error {
		var id, passed int64
		if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
			return err
		}
		if id != applicationID {
			return errors.New("not the database of a room")
		}
		if err := db.QueryRowContext(ctx, `SELECT floor_ms FROM meta`).Scan(&passed); err != nil {
			return fmt.Errorf("read the backup's day: %w", err)
		}
		day = c.Timetable.Day(time.UnixMilli(passed))
		return nil
	})
	return day, err
}

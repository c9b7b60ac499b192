package dbfile

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"syscall"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrate brings the tables up to this program's shape. goose has no lock of
// its own on SQLite, so that racing starts would trip over each other.
func migrate(ctx context.Context, path string, files fs.FS, log *slog.Logger) error {
	db, err := openWriter(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // every migration has committed by then
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithLocker(&migrationLock{path: path + ".lock"}),
		goose.WithSlog(log), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// migrationLock is a lock between processes on one file.
type migrationLock struct {
	path string
	f    *os.File
}

var _ lock.Locker = (*migrationLock)(nil)

// Lock waits until no other process migrates.
func (l *migrationLock) Lock(context.Context, *sql.DB) (err error) {
	l.f, err = flock(l.path, syscall.LOCK_EX)
	return err
}

// Unlock lets the next one in.
func (l *migrationLock) Unlock(context.Context, *sql.DB) error { return l.f.Close() }

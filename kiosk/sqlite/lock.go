package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"syscall"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// lockFile takes path for this process, or fails with ErrLocked. The kernel
// lets it go with the process, however that ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close() // nothing was written
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrLocked
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to this program's shape. goose has no lock of
// its own on SQLite, so that racing starts would trip over each other.
func migrate(ctx context.Context, path string, log *slog.Logger) error {
	db, err := openWriter(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // every migration has committed by then
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithLocker(&flock{path: path + ".lock"}),
		goose.WithSlog(log), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// flock is a lock between processes on one file.
type flock struct {
	path string
	f    *os.File
}

var _ lock.Locker = (*flock)(nil)

// Lock waits until no other process migrates.
func (l *flock) Lock(context.Context, *sql.DB) (err error) {
	if l.f, err = os.OpenFile(l.path, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	return syscall.Flock(int(l.f.Fd()), syscall.LOCK_EX)
}

// Unlock lets the next one in.
func (l *flock) Unlock(context.Context, *sql.DB) error { return l.f.Close() }

package dbfile

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
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
	scripts, err := fs.Sub(files, "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, whole{scripts}, goose.WithLocker(&migrationLock{path: path + ".lock"}),
		goose.WithSlog(log), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// whole is migrations, each as the one statement that SQLite runs as well. goose
// would look for the end of every statement with a buffer of four megabytes a
// line, which under the race detector is most of opening a store.
type whole struct{ fs.FS }

// Open opens a folder as it is, and a file with goose's marks around its text.
func (w whole) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	const up = "-- +goose Up\n"
	marked := strings.Replace(string(text), up, up+"-- +goose StatementBegin\n", 1) + "\n-- +goose StatementEnd\n"
	return wholeFile{f, strings.NewReader(marked)}, nil
}

// wholeFile is a file with another text.
type wholeFile struct {
	fs.File
	text *strings.Reader
}

// Read reads the text.
func (f wholeFile) Read(b []byte) (int, error) { return f.text.Read(b) }

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

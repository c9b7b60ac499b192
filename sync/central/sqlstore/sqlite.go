package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
	"github.com/pressly/goose/v3"

	"example.org/inloop/sync/wire"
)

// sqliteOptions stand in the address: a PRAGMA would reach one connection of
// the pool only. The driver's own default, synchronous NORMAL, loses what was
// acknowledged when the power goes.
const sqliteOptions = "_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_busy_timeout=5000&_foreign_keys=on&_secure_delete=on"

// sqlite is the engine on one SQLite file.
type sqlite struct {
	readers *sql.DB
	writer  *writer
}

func openSQLite(ctx context.Context, path string) (_ *Store, err error) {
	if path == "" {
		return nil, errors.New("open store: no path")
	}
	if err := touch(path); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	address := (&url.URL{Scheme: "file", Opaque: url.PathEscape(filepath.ToSlash(path))}).String() + "?" + sqliteOptions
	if err := migrateSQLite(ctx, address, path); err != nil {
		return nil, err
	}
	w, err := openWriter(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	readers, err := sql.Open("sqlite3", address+"&_query_only=on")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store to read: %w", err), w.close())
	}
	readers.SetMaxOpenConns(4)
	readers.SetMaxIdleConns(4)
	return &Store{engine: &sqlite{readers, w}, read: readers}, nil
}

// touch makes the file before SQLite does, which would let everybody read it;
// the files that SQLite puts beside it get the same mode.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// migrateSQLite uses a pool of its own: goose takes more than one connection.
func migrateSQLite(ctx context.Context, address, path string) (err error) {
	db, err := sql.Open("sqlite3", address)
	if err != nil {
		return fmt.Errorf("open store to migrate: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return migrate(ctx, goose.DialectSQLite3, db, inSQLite(), goose.WithLocker(&fileLock{path: path + ".lock"}))
}

// fileLock keeps two processes from migrating one file at once: goose has no
// lock of its own for SQLite.
type fileLock struct {
	path string
	file *os.File
}

// Lock waits for the lock.
func (l *fileLock) Lock(context.Context, *sql.DB) (err error) {
	if l.file, err = os.OpenFile(l.path, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return fmt.Errorf("open lock: %w", err)
	}
	if err := syscall.Flock(int(l.file.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock %s: %w", l.path, err)
	}
	return nil
}

// Unlock gives the lock back.
func (l *fileLock) Unlock(context.Context, *sql.DB) error { return l.file.Close() }

func (e *sqlite) write(ctx context.Context, do func(context.Context, runner) error) error {
	return e.writer.write(ctx, do)
}

// merge takes the cells row by row: a statement costs a function call here.
func (e *sqlite) merge(ctx context.Context, tx runner, k kioskRoom, series int, cells []wire.Cell) ([]int64, error) {
	held := make([]int64, len(cells))
	for i, c := range cells {
		r, err := tx.ExecContext(ctx, `
			INSERT INTO cells (organisation, room, period, measure, part, series, epoch, n, rev)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
			ON CONFLICT (organisation, room, period, measure, part, series, epoch) DO UPDATE
			SET n = excluded.n, rev = excluded.rev WHERE excluded.rev > cells.rev`,
			k.organisation, k.room, string(c.Period), string(c.Measure), string(c.Part), series, c.Epoch, c.N, c.Rev)
		held[i] = c.Rev
		if err := changed(r, err, errNewer); errors.Is(err, errNewer) {
			err = tx.QueryRowContext(ctx, `
				SELECT rev FROM cells WHERE organisation = ?1 AND room = ?2 AND period = ?3 AND measure = ?4 AND part = ?5 AND series = ?6 AND epoch = ?7`,
				k.organisation, k.room, string(c.Period), string(c.Measure), string(c.Part), series, c.Epoch).Scan(&held[i])
			if err != nil {
				return nil, fmt.Errorf("read revision: %w", err)
			}
		} else if err != nil {
			return nil, fmt.Errorf("merge cell: %w", err)
		}
	}
	return held, nil
}

// errNewer says that the revision held is not below the one that came.
var errNewer = errors.New("not below the revision held")

func (e *sqlite) lock() string { return "" } // there is one writer

func (e *sqlite) close() error { return errors.Join(e.writer.close(), e.readers.Close()) }

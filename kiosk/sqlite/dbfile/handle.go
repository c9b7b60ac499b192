package dbfile

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"syscall"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// The settings of the two handles. They stand in the DSN because a PRAGMA on a
// *sql.DB reaches one pooled connection only, and because go-sqlite3 sets
// synchronous=NORMAL on every connection that does not ask otherwise, which
// loses the last taps when the plug is pulled.
//
// Statements are kept prepared. SQLite plans one anew, though, whenever a
// parameter is bound that stands bare beside a column (col = ?1), because its
// value might change the plan; that took half of a tap's time. Queries on a
// tap's way therefore write CAST(?1 AS INTEGER), which it leaves alone.
const (
	writeSettings = "?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_busy_timeout=5000" +
		"&_foreign_keys=on&_secure_delete=on&_stmt_cache_size=200"
	readSettings = "?mode=ro&_query_only=1&_synchronous=FULL&_busy_timeout=5000&_foreign_keys=on&_stmt_cache_size=100"
)

// writePatience is the _busy_timeout above.
const writePatience = 5000

// What the DSN of go-sqlite3 has no word for.
const hookSettings = `PRAGMA journal_size_limit = 8388608; PRAGMA cell_size_check = on; PRAGMA trusted_schema = off;`

// connector opens connections without a name in the global list of drivers.
type connector struct {
	dsn string
	drv sqlite3.SQLiteDriver
}

var _ driver.Connector = (*connector)(nil)

func newConnector(path, settings string) *connector {
	return &connector{
		dsn: "file:" + (&url.URL{Path: path}).EscapedPath() + settings,
		drv: sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
			_, err := c.Exec(hookSettings, nil)
			return err
		}},
	}
}

// Connect opens one connection; opening a file takes no waiting on ctx.
func (c *connector) Connect(context.Context) (driver.Conn, error) { return c.drv.Open(c.dsn) }

// Driver returns the driver of the connections.
func (c *connector) Driver() driver.Driver { return &c.drv }

func openWriter(ctx context.Context, path string) (*sql.DB, error) {
	db := sql.OpenDB(newConnector(path, writeSettings))
	db.SetMaxOpenConns(1)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close() // the ping's error says why
		return nil, fmt.Errorf("open for writing: %w", err)
	}
	return db, nil
}

func openReader(ctx context.Context, path string) (*sql.DB, error) {
	db := sql.OpenDB(newConnector(path, readSettings+atRest(path)))
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close() // the ping's error says why
		return nil, fmt.Errorf("open for reading: %w", err)
	}
	return db, nil
}

// atRest returns the setting without which SQLite reads no file of a read-only
// disk: beside one that was closed well it would make a log. Only such a disk
// is sure to have no writer.
func atRest(path string) string {
	const write = 2 // W_OK of access(2)
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) && errors.Is(syscall.Access(path, write), syscall.EROFS) {
		return "&immutable=1"
	}
	return ""
}

// checkSafe returns ErrUnsafe unless every commit of db is flushed to the disk.
func checkSafe(ctx context.Context, db *sql.DB) error {
	var mode string
	var synchronous int
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&mode); err != nil {
		return fmt.Errorf("read journal mode: %w", err)
	}
	if err := db.QueryRowContext(ctx, `PRAGMA synchronous`).Scan(&synchronous); err != nil {
		return fmt.Errorf("read synchronous: %w", err)
	}
	if mode != "wal" || synchronous != 2 {
		return fmt.Errorf("%w: journal_mode %s, synchronous %d, want wal and 2", ErrUnsafe, mode, synchronous)
	}
	return nil
}

// checkSound returns ErrCorrupt when SQLite finds a fault in the file.
func checkSound(ctx context.Context, db *sql.DB) error {
	return checkBy(ctx, db, quickCheck)
}

// checkBy is checkSound by one of the two checks that SQLite has.
func checkBy(ctx context.Context, db *sql.DB, check string) error {
	var found string
	if err := db.QueryRowContext(ctx, check).Scan(&found); err != nil {
		return damaged(err)
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", ErrCorrupt, found)
	}
	return nil
}

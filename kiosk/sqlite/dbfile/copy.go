package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// CopyTo writes the file, as it is at one moment, to a path where nothing or an
// empty file is, while others go on writing. The copy is flushed, and read past the
// cache: ErrCorrupt when the disk gives back something else.
func (f *File) CopyTo(ctx context.Context, path string) error {
	// The reading handle refuses every kind of writing, this one too.
	db := sql.OpenDB(newConnector(f.cfg.Path, "?mode=ro&_busy_timeout=5000"+atRest(f.cfg.Path)))
	_, err := db.ExecContext(ctx, `VACUUM INTO ?1`, path)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return verified(path)
}

// Inspect looks at a copy that nobody writes, its indexes too, and lets ask read from
// it. Whatever they find fault with is an ErrCorrupt.
func Inspect(ctx context.Context, path string, ask func(*sql.DB) error) error {
	return inspectBy(ctx, path, wholeCheck, ask)
}

// inspectBy is Inspect by one of the two checks.
func inspectBy(ctx context.Context, path, check string, ask func(*sql.DB) error) error {
	db := sql.OpenDB(newConnector(path, "?mode=ro&immutable=1"))
	defer db.Close() //nolint:errcheck // only read
	err := checkBy(ctx, db, check)
	if err == nil {
		err = ask(db)
	}
	if err != nil && !errors.Is(err, ErrCorrupt) {
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return err
}

// Drain lets ask read from a file for the last time before another one replaces
// it. What the log still holds is in the file afterwards.
func Drain(ctx context.Context, path string, ask func(*sql.DB) error) error {
	if err := Finish(path); err != nil {
		return err
	}
	db, err := openWriter(ctx, path)
	if err != nil {
		return err
	}
	return errors.Join(ask(db), db.Close()) // closing brings in the log
}

// Peek opens a file that nobody writes for reading all that can be read of it,
// however damaged the rest is.
func Peek(path string) *sql.DB {
	c := newConnector(path, "?mode=ro&immutable=1")
	c.drv.ConnectHook = func(conn *sqlite3.SQLiteConn) error {
		// A definition that cannot be read hides no other table then.
		_, err := conn.Exec(`PRAGMA writable_schema = on; PRAGMA trusted_schema = off;`, nil)
		return err
	}
	return sql.OpenDB(c)
}

// Repair lets fix write, in one transaction, into a file that nobody else has open.
// Whether rows speak of others that are there is looked at when it has done.
func Repair(ctx context.Context, path string, fix func(context.Context, *sql.Tx) error) (err error) {
	db, err := openWriter(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }() // closing brings in the log
	if _, err := db.ExecContext(ctx, `PRAGMA foreign_keys = off`); err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	if err := fix(ctx, tx); err != nil {
		return err
	}
	var orphans int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM pragma_foreign_key_check`).Scan(&orphans); err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	if orphans > 0 {
		return fmt.Errorf("repair: %w: %d rows speak of others that are lost", ErrCorrupt, orphans)
	}
	return tx.Commit()
}

// The two checks that SQLite has: each page, and each index beside its table too.
const (
	quickCheck = `PRAGMA quick_check(1)`
	wholeCheck = `PRAGMA integrity_check(1)`
)

// wholeSize is how large a file is at most of which every index is compared with
// its table before it is opened; that takes some 40 ms a megabyte. A larger one is
// looked at page by page, which takes a third of that.
const wholeSize = 8 << 20

// Examine looks at a file, and its log, before it is opened, and lets ask read from
// it. ErrCorrupt says that there is damage.
func Examine(ctx context.Context, path string, ask func(*sql.DB) error) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return fmt.Errorf("%w: it is empty", ErrCorrupt)
	}
	if err := rollBack(ctx, path); err != nil {
		return damaged(err)
	}
	db, err := openReader(ctx, path)
	if err != nil {
		return damaged(err)
	}
	defer db.Close() //nolint:errcheck // only read
	check := quickCheck
	if info.Size() <= wholeSize {
		check = wholeCheck
	}
	if err := checkBy(ctx, db, check); err != nil {
		return err
	}
	if err = ask(db); err == nil || errors.Is(err, ErrCorrupt) || Unsure(err) || FailureOf(err) != FailureOther || ctx.Err() != nil {
		return damaged(err)
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}

// rollBack undoes what was begun in a file that had no log yet, and was cut off: a
// copy that took its first log. Who only reads cannot do that, and refuses.
func rollBack(ctx context.Context, path string) error {
	if _, err := os.Stat(path + "-journal"); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db := sql.OpenDB(newConnector(path, "?mode=rw&_busy_timeout=5000&_synchronous=FULL"))
	var version int
	err := db.QueryRowContext(ctx, `PRAGMA schema_version`).Scan(&version)
	return errors.Join(err, db.Close())
}

package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// CopyTo writes the file, as it is at one moment, to a path where nothing or an
// empty file is, while others go on writing.
func (f *File) CopyTo(ctx context.Context, path string) error {
	// The reading handle refuses every kind of writing, this one too.
	db := sql.OpenDB(newConnector(f.cfg.Path, "?mode=ro&_busy_timeout=5000"+atRest(f.cfg.Path)))
	_, err := db.ExecContext(ctx, `VACUUM INTO ?1`, path)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return nil
}

// Inspect looks at a copy that nobody writes, and lets ask read from it. Whatever
// they find fault with is an ErrCorrupt.
func Inspect(ctx context.Context, path string, ask func(*sql.DB) error) error {
	db := sql.OpenDB(newConnector(path, "?mode=ro&immutable=1"))
	defer db.Close() //nolint:errcheck // only read
	err := checkSound(ctx, db)
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
	if err := finishRenewal(path); err != nil {
		return err
	}
	db, err := openWriter(ctx, path)
	if err != nil {
		return err
	}
	return errors.Join(ask(db), db.Close()) // closing brings in the log
}

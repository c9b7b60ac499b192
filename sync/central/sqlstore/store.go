package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"example.org/inloop/sync/central"
	"example.org/inloop/sync/wire"
)

// Store is a central.Store in a SQL database. Open makes one; Close ends it.
type Store struct {
	engine engine
	read   runner   // outside any transaction
	keys   sync.Map // of kiosks that were asked for: id to ed25519.PublicKey
}

var _ central.Store = (*Store)(nil)

// engine is what differs between the databases.
type engine interface {
	// write runs do in one transaction: committed when it returns nil, undone
	// when it returns an error or panics. do must use the ctx it gets.
	write(ctx context.Context, do func(ctx context.Context, tx runner) error) error
	// merge is central.CellMerger's, for one kiosk's room.
	merge(ctx context.Context, tx runner, k kioskRoom, series int, cells []wire.Cell) ([]int64, error)
	// lock ends a SELECT whose row is to stay as it is until the commit.
	lock() string
	close() error
}

// runner runs statements, in a transaction or outside.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open opens the database that dsn names, a path of a SQLite file or a
// postgres:// address, and brings its tables up to date. A file that is not
// there is made, readable by its owner only.
func Open(ctx context.Context, dsn string) (*Store, error) {
	open := openSQLite
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		open = openPostgres
	}
	return open(ctx, dsn)
}

// Close waits for what is being written and closes the database.
func (s *Store) Close() error {
	if err := s.engine.close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// none turns a missing row into as, and leaves other errors as they are.
func none(err, as error) error { return instead(err, sql.ErrNoRows, as) }

func instead(err, of, as error) error {
	if errors.Is(err, of) {
		return as
	}
	return err
}

// changed returns err or, when the statement changed no row, as.
func changed(r sql.Result, err, as error) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err != nil {
		return fmt.Errorf("count rows: %w", err)
	}
	if n == 0 {
		return as
	}
	return nil
}

// collect scans all rows with scan, which gets the row's Scan.
func collect[T any](rows *sql.Rows, err error, scan func(into func(...any) error) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("scan: %w", err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	return all, nil
}

// millis is how a time is stored: milliseconds since 1970, NULL for never.
func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// instant scans what millis stored.
type instant struct{ t *time.Time }

// Scan sets the time from the column's value.
func (i instant) Scan(v any) error {
	var n sql.Null[int64]
	if err := n.Scan(v); err != nil {
		return err
	}
	*i.t = time.Time{}
	if n.Valid {
		*i.t = time.UnixMilli(n.V).UTC()
	}
	return nil
}

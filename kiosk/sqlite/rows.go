package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// querier is what a transaction and a handle have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// scanner is one row, of one or of many.
type scanner interface{ Scan(dest ...any) error }

// missing makes ErrNotFound of a row that is not there.
func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return kiosk.ErrNotFound
	}
	return err
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// millis returns a time for a column that is NULL while it is not known.
func millis(at time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: at.UnixMilli(), Valid: !at.IsZero()}
}

// dayOrNull returns a day for a column that is NULL while it is not known.
func dayOrNull(d count.Day) sql.NullInt64 {
	return sql.NullInt64{Int64: int64(d), Valid: d != count.NoDay}
}

// orNull returns a row's number for a column that is NULL for nobody.
func orNull(no int64) sql.NullInt64 { return sql.NullInt64{Int64: no, Valid: no != 0} }

// already makes ErrAlready of a row that is there already.
func already(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && e.ExtendedCode == sqlite3.ErrConstraintUnique {
		return fmt.Errorf("%w: %w", kiosk.ErrAlready, err)
	}
	return err
}

// conflicts tells whether a row broke a rule of the tables.
func conflicts(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrConstraint
}

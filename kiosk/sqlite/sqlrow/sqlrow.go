package sqlrow

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

// Querier is what a transaction and a handle have in common.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is a transaction that writes.
type Tx interface {
	Querier
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Scanner is one row, of one or of many.
type Scanner interface{ Scan(dest ...any) error }

// Collect reads all rows of a query, each by scan.
func Collect[T any](ctx context.Context, q Querier, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
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

// Has tells whether there is a table or view of a name: a file that is only read may
// be older than the program.
func Has(ctx context.Context, q Querier, name string) (has bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1)`, name).Scan(&has)
	return has, err
}

// One runs a statement that must change exactly one row; kiosk.ErrNotFound when
// it changes none.
func One(ctx context.Context, tx Tx, query string, args ...any) error {
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = kiosk.ErrNotFound
	}
	return err
}

// Insert runs an INSERT and returns the new row's number.
func Insert(ctx context.Context, tx Tx, query string, args ...any) (int64, error) {
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// NullMillis returns a time for a column that is NULL while it is not known.
func NullMillis(at time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: at.UnixMilli(), Valid: !at.IsZero()}
}

// Time is the inverse of Millis, in a room's zone.
func Time(ms sql.NullInt64, zone *time.Location) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).In(zone)
}

// NullDay returns a day for a column that is NULL while it is not known.
func NullDay(d count.Day) sql.NullInt64 {
	return sql.NullInt64{Int64: int64(d), Valid: d != count.NoDay}
}

// NullRef returns a row's number for a column that is NULL for nobody.
func NullRef(no int64) sql.NullInt64 { return sql.NullInt64{Int64: no, Valid: no != 0} }

// NullText returns a word for a column that is NULL while there is none.
func NullText[T ~string](s T) sql.NullString {
	return sql.NullString{String: string(s), Valid: s != ""}
}

// Missing makes kiosk.ErrNotFound of a row that is not there.
func Missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return kiosk.ErrNotFound
	}
	return err
}

// Already makes kiosk.ErrAlready of a row that is there already, by an index or by a
// trigger of the tables.
func Already(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && (e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintTrigger) {
		return fmt.Errorf("%w: %w", kiosk.ErrAlready, err)
	}
	return err
}

// Conflicts tells whether a row broke a rule of the tables.
func Conflicts(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrConstraint
}

// Refused tells whether it was the row that could not be kept, by a rule, its
// kind or its size, and not the file.
func Refused(err error) bool {
	var e sqlite3.Error
	return Conflicts(err) || errors.As(err, &e) && (e.Code == sqlite3.ErrMismatch || e.Code == sqlite3.ErrTooBig)
}

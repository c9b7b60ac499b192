package salvage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
)

// FormerRoom is what a restored database must go on above.
type FormerRoom struct {
	outbox.Former
	Person int64
}

// LastPerson is the highest number that a person ever had.
const LastPerson = `SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'person'`

// ReadFormer reads it from the database that is replaced, as far as that still can
// be read; a damaged one is often why a backup is restored.
func ReadFormer(ctx context.Context, path string, log *slog.Logger) (f FormerRoom) {
	if _, err := os.Stat(path); err != nil {
		return f
	}
	err := dbfile.Drain(ctx, path, func(db *sql.DB) (err error) {
		f.Former, err = outbox.ReadFormer(ctx, db)
		return errors.Join(err, db.QueryRowContext(ctx, LastPerson).Scan(&f.Person))
	})
	if err != nil {
		log.Warn("the database that is replaced cannot be read", "err", err)
	}
	return f
}

// SkipPersons makes the next new person's number higher than last.
func SkipPersons(ctx context.Context, tx sqlrow.Tx, last int64) error {
	for _, query := range []string{
		`INSERT INTO sqlite_sequence (name, seq) SELECT 'person', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'person')`,
		`UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'person'`,
	} {
		if _, err := tx.ExecContext(ctx, query, last); err != nil {
			return fmt.Errorf("skip persons' numbers: %w", err)
		}
	}
	return nil
}

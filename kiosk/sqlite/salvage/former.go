package salvage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// FormerRoom is what a restored database must go on above.
type FormerRoom struct {
	outbox.Former
	Person int64
	told   []toldVisit
}

// toldVisit is one that the centre holds, by the badge that made it.
type toldVisit struct {
	mac  []byte
	day  count.Day
	part count.Part
}

// toldVisits are those since a day: of a person's badge, in a cell that was
// acknowledged since, or released before the last answered request left; and of a badge
// that was nobody's and became a guest.
const toldVisits = `
	SELECT b.mac, v.day, v.part FROM visit v JOIN badge b ON b.person = v.person JOIN cell c
		ON c.epoch = v.epoch AND c.period = date(v.day * 86400, 'unixepoch') AND c.part = v.part AND c.measure = 'badge_visits'
	WHERE v.day >= ?1 AND v.void = 0 AND c.acked_rev > 0
		AND (c.acked_rev = c.rev AND c.stage = 0 OR v.no <= (SELECT min(start.visit, last_visit) FROM start, link WHERE start.no = 0))
	UNION
	SELECT s.mac, s.day, s.part FROM stranger s JOIN cell c
		ON c.epoch = s.epoch AND c.period = date(s.day * 86400, 'unixepoch') AND c.part = s.part AND c.measure = 'guests'
	WHERE s.day >= ?1 AND s.state = 'counted' AND c.acked_rev = c.rev AND c.stage = 0`

// LastPerson is the highest number that a person ever had.
const LastPerson = `SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'person'`

// ReadFormer reads it from the database that is replaced by a backup of the day taken,
// as far as that still can be read; a damaged one is often why a backup is restored.
func ReadFormer(ctx context.Context, path string, taken count.Day, log *slog.Logger) (f FormerRoom) {
	if _, err := os.Stat(path); err != nil {
		return f
	}
	err := dbfile.Drain(ctx, path, func(db *sql.DB) (err error) {
		f.Former, err = outbox.ReadFormer(ctx, db)
		if err := errors.Join(err, db.QueryRowContext(ctx, LastPerson).Scan(&f.Person)); err != nil {
			return err
		}
		query := toldVisits
		var released bool
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM pragma_table_info('cell') WHERE name = 'stage'`).Scan(&released); err != nil {
			return err
		}
		if !released { // a file in which all that was counted was released at once
			query = strings.NewReplacer("AND c.stage = 0", "", "min(start.visit, last_visit)", "visit").Replace(query)
		}
		f.told, err = sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (v toldVisit, err error) {
			return v, row.Scan(&v.mac, &v.day, &v.part)
		}, query, taken)
		return err
	})
	if err != nil {
		log.Warn("the database that is replaced cannot be read", "err", err)
	}
	return f
}

// GoOn lets a restored database go on above the former one. Visits that the centre
// holds and that are made once more are counted in the epoch before, where it has
// them.
func (f FormerRoom) GoOn(ctx context.Context, tx sqlrow.Tx, before int) error {
	for _, v := range f.told {
		if _, err := tx.ExecContext(ctx, `INSERT INTO remade (mac, day, part, epoch) VALUES (?1, ?2, ?3, ?4)`, v.mac, v.day, v.part, before); err != nil {
			return fmt.Errorf("note who was counted: %w", err)
		}
	}
	return SkipPersons(ctx, tx, f.Person)
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

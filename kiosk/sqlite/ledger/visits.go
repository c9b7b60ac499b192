package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Visits calls fn with each visit and each guest of the days from and to inclusive,
// in the order of the days and as they were written down. An error of fn ends it.
func Visits(ctx context.Context, q sqlrow.Querier, zone *time.Location, from, to count.Day, fn func(kiosk.Visit) error) error {
	shown, void := `(v.batch IS NULL OR v.batch NOT IN (SELECT no FROM hidden)) AND`, `v.void OR v.held OR (v.gone IS NOT NULL AND v.gone NOT IN (SELECT no FROM hidden))`
	if has, err := sqlrow.Has(ctx, q, "hidden"); err != nil {
		return fmt.Errorf("look at tables: %w", err)
	} else if !has { // a file that is older than lists are
		shown, void = ``, `v.void OR v.held`
	}
	// The end of a visit is that of the last stay that began in its part.
	rows, err := q.QueryContext(ctx, `
		SELECT v.no, v.epoch, v.person, v.day, v.part, v.at_ms, v.how, v.band, v.assumed, `+void+`,
		       CASE WHEN v.void = 0 THEN (
		         SELECT CASE s.ended WHEN 'measured' THEN s.out_ms END FROM stay s
		         WHERE s.person = v.person AND s.day = v.day AND s.part = v.part ORDER BY s.no DESC LIMIT 1) END
		FROM visit v WHERE `+shown+` v.day BETWEEN ?1 AND ?2 ORDER BY v.day, v.no`, from, to)
	if err != nil {
		return fmt.Errorf("read visits: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var v kiosk.Visit
		var person, in, out sql.NullInt64
		var band sql.NullString
		if err := rows.Scan(&v.ID, &v.Epoch, &person, &v.Day, &v.Part, &in, &v.Source, &band, &v.Assumed, &v.Void, &out); err != nil {
			return fmt.Errorf("read visit: %w", err)
		}
		v.Person, v.Band = person.Int64, kiosk.Band(band.String)
		v.In, v.Out = sqlrow.Time(in, zone), sqlrow.Time(out, zone)
		if err := fn(v); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read visits: %w", err)
	}
	return nil
}

package undo

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Last returns what volunteers did last on a day, the newest first, and which of it can
// be undone. Of a person only the number is known here.
func Last(ctx context.Context, q sqlrow.Querier, day count.Day, zone *time.Location) ([]kiosk.PastAction, error) {
	all, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (a kiosk.PastAction, err error) {
		var at int64
		var band sql.NullString
		var no sql.NullInt64
		if err := row.Scan(&a.No, &a.Kind, &at, &band, &a.Number, &no); err != nil {
			return a, err
		}
		a.At, a.Band, a.Person.No = time.UnixMilli(at).In(zone), kiosk.Band(band.String), no.Int64
		return a, nil
	}, `
		SELECT a.no, a.deed, a.at_ms, a.band, a.number, p.no
		FROM action a LEFT JOIN person p ON p.no = a.person WHERE a.day = ?1 ORDER BY a.no DESC LIMIT ?2`, day, kiosk.Undoable)
	for i := range all {
		if err == nil {
			_, err = Load(ctx, q, all[i].No, day)
			all[i].CanUndo = err == nil
			if errors.Is(err, kiosk.ErrUndone) {
				err = nil
			}
		}
	}
	return all, err
}

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
// be undone. name opens the sealed name of a person.
func Last(ctx context.Context, q sqlrow.Querier, day count.Day, zone *time.Location, name func([]byte, int64) (string, error)) ([]kiosk.PastAction, error) {
	all, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (a kiosk.PastAction, err error) {
		var at int64
		var band, sign, language sql.NullString
		var no sql.NullInt64
		var sealed []byte
		var onScreen sql.NullBool
		if err := row.Scan(&a.No, &a.Kind, &at, &band, &a.Number, &no, &sign, &sealed, &onScreen, &language); err != nil {
			return a, err
		}
		a.At, a.Band = time.UnixMilli(at).In(zone), kiosk.Band(band.String)
		a.Person = kiosk.Resident{No: no.Int64, Sign: kiosk.Sign(sign.String), OnScreen: onScreen.Bool, Language: kiosk.Language(language.String)}
		a.Person.Name, err = name(sealed, no.Int64)
		return a, err
	}, `
		SELECT a.no, a.deed, a.at_ms, a.band, a.number, p.no, p.sign, p.name, p.on_screen, p.language
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

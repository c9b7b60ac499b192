package boots

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Unsure joins visits v to the boots b whose own clock alone has dated them, for
// lack of anything better, by the days on which those can stand.
const Unsure = `boot b JOIN visit v ON v.boot = b.no AND v.trust = 1
	AND v.day BETWEEN (b.line_ms - b.line_ns / 1000000) / 86400000 - 1 AND ` + provenNext + ` / 86400000 + 1
	WHERE b.source = 'ask' AND v.void = 0 AND v.held = 0`

// toDate is the visits that wait for a volunteer to date them: those without a
// day, and those that a clock alone has put on one.
const toDate = `(SELECT v.* FROM visit v WHERE v.day IS NULL AND v.void = 0 AND v.held = 0
	UNION ALL SELECT v.* FROM ` + Unsure + `)`

// Undated returns the visits that wait for a volunteer to date them, in the order in
// which they were. Of a person only the number is known here.
func Undated(ctx context.Context, q sqlrow.Querier, tt kiosk.Timetable) ([]kiosk.UndatedVisit, error) {
	day := func(ms sql.NullInt64) count.Day {
		if !ms.Valid || ms.Int64 == 0 {
			return count.NoDay
		}
		return tt.Day(time.UnixMilli(ms.Int64))
	}
	all, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (v kiosk.UndatedVisit, err error) {
		var person, after, before sql.NullInt64
		if err = row.Scan(&v.Boot, &v.Since, &v.Day, &v.Part, &person, &after, &before); err != nil {
			return v, err
		}
		v.After, v.Before = day(after), day(before)
		if person.Valid {
			v.Person = &kiosk.Resident{No: person.Int64}
		}
		return v, nil
	}, `SELECT v.boot, v.bt_ns, coalesce(v.day, 0), v.part, v.person, `+provenFrom+`, `+provenNext+`
		FROM `+toDate+` v JOIN boot b ON b.no = v.boot ORDER BY v.boot, v.bt_ns, v.no`)
	if err != nil {
		return nil, fmt.Errorf("read undated visits: %w", err)
	}
	return all, nil
}

// ToDate returns the numbers of the visits of a stretch that wait to be dated.
func ToDate(ctx context.Context, q sqlrow.Querier, at kiosk.VisitSpan) ([]int64, error) {
	due, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (no int64, err error) { return no, row.Scan(&no) },
		`SELECT no FROM `+toDate+` WHERE boot = ?1 AND bt_ns BETWEEN ?2 AND ?3 ORDER BY bt_ns, no`, at.Boot, int64(at.From), int64(at.To))
	if err != nil {
		return nil, fmt.Errorf("look for undated visits: %w", err)
	}
	return due, nil
}

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
	all, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (v kiosk.UndatedVisit, err error) {
		var person, after, before sql.NullInt64
		if err = row.Scan(&v.Boot, &v.Since, &v.Day, &v.Part, &person, &after, &before); err != nil {
			return v, err
		}
		v.After, v.Before = dayOf(after, tt), dayOf(before, tt)
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

// Waiting returns how many visits wait for a date, by the days of which they can be,
// as far as anything proves them. It never tells of a tap: those of the running boot are
// told when the day has ended in which its own clock puts them, and not before that
// clock has told any.
func Waiting(ctx context.Context, q sqlrow.Querier, now kiosk.Moment, tt kiosk.Timetable) ([]kiosk.WaitingVisits, error) {
	midnight := tt.Day(now.Wall).At(0, tt.Zone)
	all, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (w kiosk.WaitingVisits, err error) {
		var after, before sql.NullInt64
		err = row.Scan(&after, &before, &w.Visits)
		w.Days = count.Days{First: dayOf(after, tt), Last: dayOf(before, tt)}
		if w.Days.Last != count.NoDay && w.Days.First > w.Days.Last { // what bounds them cannot be
			w.Days = count.Days{}
		}
		return w, err
	}, `SELECT `+provenFrom+`, `+provenNext+`, count(*) FROM `+toDate+` v JOIN boot b ON b.no = v.boot
		WHERE b.boot_id <> ?1 OR b.trust > 0 AND v.bt_ns < ?2 GROUP BY 1, 2`, now.Boot, int64(now.Since-now.Wall.Sub(midnight)))
	if err != nil {
		return nil, fmt.Errorf("count undated visits: %w", err)
	}
	return all, nil
}

// dayOf is the day of a time in milliseconds, NoDay for none.
func dayOf(ms sql.NullInt64, tt kiosk.Timetable) count.Day {
	if !ms.Valid || ms.Int64 == 0 {
		return count.NoDay
	}
	return tt.Day(time.UnixMilli(ms.Int64))
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

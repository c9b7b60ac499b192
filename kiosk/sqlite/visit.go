package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/sync/count"
)

// visitRow is a row of table visit.
type visitRow struct {
	no      int64
	epoch   int
	person  int64 // 0 for a guest
	boot    int64
	since   time.Duration
	wall    time.Time
	at      time.Time // zero when only the day is known, or nothing
	trust   kiosk.Trust
	day     count.Day
	part    count.Part
	bounds  kiosk.PartTimes
	how     kiosk.VisitSource
	band    kiosk.Band // of a guest, empty for a person
	assumed bool
	void    bool
	held    bool
}

func (v visitRow) dayPart() kiosk.DayPart {
	return kiosk.DayPart{Epoch: v.epoch, Day: v.day, Part: v.part}
}

const visitColumns = `no, epoch, person, boot, bt_ns, wall_ms, at_ms, trust, day, part, afternoon, evening, how, band, assumed, void, held`

// visitNow returns a visit at the transaction's moment.
func (t *txn) visitNow(how kiosk.VisitSource) visitRow {
	return visitRow{
		epoch: t.cells.Epoch, boot: t.now.boot, since: t.now.Read.Since, wall: t.now.Read.Wall,
		at: t.now.At, trust: t.now.Trust, day: t.now.Day, part: t.now.Part, bounds: t.s.timetable().PartTimes, how: how,
	}
}

// addVisit inserts a visit and returns its number. A person has at most one
// visit in a part of a day that counts: ErrAlready for a second.
func (t *txn) addVisit(ctx context.Context, v visitRow) (int64, error) {
	if err := t.touch(ctx, v.dayPart()); err != nil {
		return 0, err
	}
	no, err := sqlrow.Insert(ctx, t, `
		INSERT INTO visit (epoch, person, boot, bt_ns, wall_ms, at_ms, trust, day, part, afternoon, evening, how, band, assumed, void, held)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)`,
		v.epoch, sqlrow.NullRef(v.person), v.boot, int64(v.since), v.wall.UnixMilli(), sqlrow.NullMillis(v.at), v.trust, sqlrow.NullDay(v.day), v.part,
		v.bounds.Afternoon, v.bounds.Evening, v.how, sqlrow.NullText(v.band), v.assumed, v.void, v.held)
	if err != nil {
		return 0, fmt.Errorf("add visit: %w", sqlrow.Already(err))
	}
	t.action.NoteNew(undo.TableVisits, no)
	return no, nil
}

// changeVisit changes one visit by fn and counts its old and its new part of the day
// again; ErrNotFound when there is none.
func (t *txn) changeVisit(ctx context.Context, no int64, fn func(*visitRow) error) error {
	v, err := t.visit(ctx, no)
	if err != nil {
		return err
	}
	if err := t.action.Note(ctx, t, undo.TableVisits, no); err != nil {
		return err
	}
	if err := t.touch(ctx, v.dayPart()); err != nil {
		return err
	}
	if err := fn(&v); err != nil {
		return err
	}
	if err := t.touch(ctx, v.dayPart()); err != nil {
		return err
	}
	err = sqlrow.One(ctx, t, `
		UPDATE visit SET person = ?2, at_ms = ?3, trust = ?4, day = ?5, part = ?6, how = ?7, band = ?8, assumed = ?9, void = ?10, held = ?11
		WHERE no = ?1`, no, sqlrow.NullRef(v.person), sqlrow.NullMillis(v.at), v.trust, sqlrow.NullDay(v.day), v.part, v.how,
		sqlrow.NullText(v.band), v.assumed, v.void, v.held)
	if err != nil {
		return fmt.Errorf("change visit: %w", sqlrow.Already(err))
	}
	return nil
}

func (t *txn) visit(ctx context.Context, no int64) (visitRow, error) {
	return t.s.scanVisit(t.QueryRowContext(ctx, `SELECT `+visitColumns+` FROM visit WHERE no = ?1`, no))
}

// scanVisit reads visitColumns; ErrNotFound when there is no row.
func (s *Store) scanVisit(row sqlrow.Scanner) (v visitRow, err error) {
	var person, at, day sql.NullInt64
	var band sql.NullString
	var wall int64
	err = row.Scan(&v.no, &v.epoch, &person, &v.boot, &v.since, &wall, &at, &v.trust, &day, &v.part,
		&v.bounds.Afternoon, &v.bounds.Evening, &v.how, &band, &v.assumed, &v.void, &v.held)
	if err != nil {
		return v, fmt.Errorf("read visit: %w", sqlrow.Missing(err))
	}
	v.person, v.wall, v.at = person.Int64, time.UnixMilli(wall), s.fromMillis(at)
	v.day, v.band = count.Day(day.Int64), kiosk.Band(band.String)
	return v, nil
}

// visited tells whether a person has a visit that counts in a part of a day.
// While nothing is dated, one of the same boot not long ago is of the same part.
func (t *txn) visited(ctx context.Context, person int64, day count.Day, part count.Part) (yes bool, err error) {
	if day == count.NoDay {
		err = t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM visit WHERE person = ?1 AND day IS NULL AND boot = ?2 AND bt_ns > ?3 AND void = 0)`,
			person, t.now.boot, int64(t.now.Read.Since-kiosk.UndatedPart)).Scan(&yes)
	} else {
		err = t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM attendance WHERE person = ?1 AND day = ?2 AND part = ?3 AND void = 0)`,
			person, day, part).Scan(&yes)
	}
	if err != nil {
		return false, fmt.Errorf("look for visit: %w", err)
	}
	return yes, nil
}

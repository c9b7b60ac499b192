package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/sync/count"
)

// unknownBadgeRow is a row of table stranger: an unknown badge of today.
type unknownBadgeRow struct {
	no           int64
	visit        visitRow // the visit that its first tap is, once it is somebody's
	mac          []byte
	pinFragments []byte
	lost         int64 // whose lost badge it is, 0 if none
	closes       time.Time
	last         time.Time
	state        string
}

const unknownBadgeColumns = `no, epoch, mac, tails, lost, boot, bt_ns, wall_ms, at_ms, trust, day, part, afternoon, evening, closes_ms, last_ms, state`

// noteUnknownBadge keeps the first tap of the day of a badge that is nobody's, or
// lost; later ones only tell when it was last seen. While nobody knows the day, those
// that lie longer apart than a part of one are each kept.
func (t *txn) noteUnknownBadge(ctx context.Context, c card) error {
	last := t.now.Moment().Wall.UnixMilli()
	var no int64
	err := t.QueryRowContext(ctx, `SELECT no FROM stranger WHERE mac = ?1 AND day IS ?2 AND (day IS NOT NULL OR boot = ?3 AND bt_ns > ?4) ORDER BY no DESC`,
		c.mac, sqlrow.NullDay(t.now.Day), t.now.boot, int64(t.now.Read.Since-kiosk.UndatedPart)).Scan(&no)
	if err == nil {
		// One that was dropped may still be taken up again as it was.
		_, err = t.ExecContext(ctx, `UPDATE stranger SET last_ms = ?2 WHERE no = ?1 AND state = 'open'`, no, last)
		return err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look up unknown badge: %w", err)
	}
	v := t.visitNow(kiosk.VisitSourceBadge)
	var closes time.Time
	if t.now.Dated() {
		closes = t.s.timetable().Closes(t.now.At)
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO stranger (epoch, mac, tails, lost, boot, bt_ns, wall_ms, at_ms, trust, day, part, afternoon, evening, closes_ms, last_ms)
		VALUES (coalesce((SELECT max(epoch) FROM remade WHERE mac = ?2 AND day = ?10), ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)`,
		v.epoch, c.mac, c.pinFragments, sqlrow.NullRef(c.person), v.boot, int64(v.since), v.wall.UnixMilli(), sqlrow.NullMillis(v.at), v.trust,
		sqlrow.NullDay(v.day), v.part, v.bounds.Afternoon, v.bounds.Evening, sqlrow.NullMillis(closes), last)
	if err != nil {
		return fmt.Errorf("note unknown badge: %w", err)
	}
	return nil
}

// unknownBadge returns one that can still become somebody's;
// ErrNotFound when it was counted, dropped or linked meanwhile.
func (t *txn) unknownBadge(ctx context.Context, no int64) (unknownBadgeRow, error) {
	x, err := t.s.scanUnknownBadge(t.QueryRowContext(ctx, `SELECT `+unknownBadgeColumns+` FROM stranger WHERE no = ?1 AND state = 'open'`, no))
	if err != nil {
		return x, fmt.Errorf("unknown badge: %w", err)
	}
	return x, nil
}

func (s *Store) scanUnknownBadge(row sqlrow.Scanner) (x unknownBadgeRow, err error) {
	var lost, at, day, closes, last sql.NullInt64
	var wall int64
	v := &x.visit
	err = row.Scan(&x.no, &v.epoch, &x.mac, &x.pinFragments, &lost, &v.boot, &v.since, &wall, &at, &v.trust, &day, &v.part,
		&v.bounds.Afternoon, &v.bounds.Evening, &closes, &last, &x.state)
	if err != nil {
		return x, sqlrow.Missing(err)
	}
	x.lost, x.closes, x.last = lost.Int64, s.fromMillis(closes), s.fromMillis(last)
	v.wall, v.at, v.day = time.UnixMilli(wall), s.fromMillis(at), count.Day(day.Int64)
	return x, nil
}

// giveBadge makes an unknown badge, or one that was lost, somebody's.
func (t *txn) giveBadge(ctx context.Context, x unknownBadgeRow, kind string, person, volunteer int64) error {
	var no int64
	err := t.QueryRowContext(ctx, `SELECT no FROM badge WHERE mac = ?1`, x.mac).Scan(&no)
	switch {
	case err == nil:
		if err := t.action.Note(ctx, t, undo.TableBadges, no); err != nil {
			return err
		}
		_, err = t.ExecContext(ctx, `UPDATE badge SET kind = ?2, person = ?3, volunteer = ?4, lost = 0, tails = ?5 WHERE no = ?1`,
			no, kind, sqlrow.NullRef(person), sqlrow.NullRef(volunteer), keptFragments(kind, x.pinFragments))
	case errors.Is(err, sql.ErrNoRows):
		no, err = sqlrow.Insert(ctx, t, `INSERT INTO badge (mac, kind, person, volunteer, tails) VALUES (?1, ?2, ?3, ?4, ?5)`,
			x.mac, kind, sqlrow.NullRef(person), sqlrow.NullRef(volunteer), keptFragments(kind, x.pinFragments))
		if err == nil {
			t.action.NoteNew(undo.TableBadges, no)
		}
	}
	if err != nil {
		return fmt.Errorf("give badge: %w", err)
	}
	return nil
}

// keptFragments keeps those of volunteers' badges alone: nobody else has a PIN.
func keptFragments(kind string, fragments []byte) []byte {
	if kind == "volunteer" {
		return fragments
	}
	return nil
}

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/sync/count"
)

// What a running clock may do and still be believed.
const (
	smallStep = 2 * time.Second // an ordinary correction, for which nothing is dated anew
	backStep  = 2 * time.Minute // back within a boot that was dated: its own line goes on
	suspect   = 36 * time.Hour  // forward within such a boot
)

// instant is a moment with what is believed of it.
type instant struct {
	read  kiosk.Moment // as the machine read it
	boot  int64        // row of the boot
	at    time.Time    // what is believed; zero when nothing is
	trust kiosk.Trust
	day   count.Day  // NoDay when nothing is believed
	part  count.Part // likewise NoPart
}

func (i instant) dated() bool { return i.trust != kiosk.TrustUnknown }

// moment returns the instant as the rules of package kiosk want it: with the
// wall clock that is believed.
func (i instant) moment() kiosk.Moment {
	m := i.read
	if i.dated() {
		m.Wall = i.at
	}
	return m
}

// line ties the two clocks of one boot together: one instant on both.
type line struct {
	boot  int64
	at    time.Time     // on the true clock
	since time.Duration // on CLOCK_BOOTTIME
	trust kiosk.Trust   // Unknown while there is no such instant

	first time.Duration // on CLOCK_BOOTTIME, when the boot was first seen
	floor time.Time     // before which no true clock could stand then
}

// when returns the true time of another instant of the boot.
func (l line) when(since time.Duration) time.Time { return l.at.Add(since - l.since) }

// date returns what is to be believed of a moment of the boot, when no true
// clock can stand before floor, and the boot's line from then on.
func (l line) date(m kiosk.Moment, floor time.Time) (time.Time, kiosk.Trust, line) {
	expected := l.when(m.Since)
	next := l
	next.at, next.since, next.trust = m.Wall, m.Since, kiosk.TrustBounded
	switch {
	case l.trust == kiosk.TrustAnchored:
		return expected, l.trust, l
	case m.Wall.Before(floor) && l.trust == kiosk.TrustBounded && floor.Sub(m.Wall) <= backStep:
		return expected, l.trust, l
	case m.Wall.Before(floor):
		return time.Time{}, kiosk.TrustUnknown, l
	case l.trust == kiosk.TrustUnknown && next.when(l.first).Before(l.floor):
		// It has only run past the floor: still as wrong as it was.
		return time.Time{}, kiosk.TrustUnknown, l
	case l.trust == kiosk.TrustUnknown:
		return m.Wall, kiosk.TrustBounded, next
	case m.Wall.Sub(expected) > suspect:
		return time.Time{}, kiosk.TrustUnknown, l
	case m.Wall.Sub(expected).Abs() > smallStep:
		return m.Wall, kiosk.TrustBounded, next
	}
	return m.Wall, kiosk.TrustBounded, l
}

// enter dates the transaction's moment and does first what the clock owes.
func (t *txn) enter(ctx context.Context, m kiosk.Moment) error {
	l, floor, err := t.boot(ctx, m)
	if err != nil {
		return fmt.Errorf("find boot: %w", err)
	}
	at, trust, next := l.date(m, floor)
	t.now = instant{read: m, boot: l.boot, at: t.s.local(at), trust: trust}
	t.today = count.DayOf(floor, t.s.cfg.Timetable.Zone)
	if t.now.dated() {
		t.now.day, t.now.part = t.s.cfg.Timetable.Day(at), t.s.cfg.Timetable.Part(at)
		t.today = t.now.day
	}
	if next != l {
		if err := t.setLine(ctx, next, 0, "clock"); err != nil {
			return err
		}
		if l.trust == kiosk.TrustUnknown {
			if err := t.redate(ctx, next, kiosk.TrustUnknown); err != nil {
				return fmt.Errorf("date this boot: %w", err)
			}
		}
	}
	return t.closeDue(ctx)
}

// boot returns the line of the moment's boot, noting a boot never seen before,
// and the time before which no true clock can stand. What the clock closes
// next comes along in t.due.
func (t *txn) boot(ctx context.Context, m kiosk.Moment) (l line, floor time.Time, err error) {
	var ms, ns, due sql.NullInt64
	var floorMS, firstFloor int64
	row := t.QueryRowContext(ctx, `
		SELECT no, line_ms, line_ns, trust, first_ns, floor_ms,
		       coalesce((SELECT floor_ms FROM meta), 0), coalesce((SELECT max(ordinal) FROM epoch), 0),
		       (SELECT min(closes_ms) FROM (
		          SELECT min(closes_ms) AS closes_ms FROM stay WHERE ended = '' AND closes_ms IS NOT NULL
		          UNION ALL SELECT min(closes_ms) FROM stranger WHERE state = 'open'))
		FROM boot WHERE boot_id = CAST(?1 AS TEXT)`, m.Boot)
	err = row.Scan(&l.boot, &ms, &ns, &l.trust, &l.first, &firstFloor, &floorMS, &t.epochNo, &due)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = t.exec(ctx, `
			INSERT INTO boot (boot_id, first_ns, floor_ms) VALUES (?1, ?2, coalesce((SELECT floor_ms FROM meta), 0))`, m.Boot, int64(m.Since))
		if err != nil {
			return l, floor, err
		}
		return t.boot(ctx, m)
	}
	if err != nil {
		return l, floor, err
	}
	if ms.Valid {
		l.at, l.since = time.UnixMilli(ms.Int64), time.Duration(ns.Int64)
	}
	t.due = due
	l.floor, floor = time.UnixMilli(firstFloor), time.UnixMilli(floorMS)
	if t.s.cfg.Built.After(floor) {
		floor = t.s.cfg.Built
	}
	return l, floor, nil
}

func (t *txn) setLine(ctx context.Context, l line, errMS int64, source string) error {
	_, err := t.exec(ctx, `UPDATE boot SET line_ms = ?2, line_ns = ?3, trust = ?4, error_ms = ?5, source = ?6 WHERE no = ?1`,
		l.boot, l.at.UnixMilli(), int64(l.since), l.trust, errMS, source)
	if err != nil {
		return fmt.Errorf("note boot's time: %w", err)
	}
	return nil
}

// local returns a time in the room's zone, to the millisecond that is stored.
func (s *Store) local(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return time.UnixMilli(at.UnixMilli()).In(s.cfg.Timetable.Zone)
}

// millis returns a time for a column that is NULL while it is not known.
func millis(at time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: at.UnixMilli(), Valid: !at.IsZero()}
}

// fromMillis is the inverse of millis.
func (s *Store) fromMillis(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).In(s.cfg.Timetable.Zone)
}

// dayOrNull returns a day for a column that is NULL while it is not known.
func dayOrNull(d count.Day) sql.NullInt64 {
	return sql.NullInt64{Int64: int64(d), Valid: d != count.NoDay}
}

// orNull returns a row's number for a column that is NULL for nobody.
func orNull(no int64) sql.NullInt64 { return sql.NullInt64{Int64: no, Valid: no != 0} }

package sqlite

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/kiosk/timeline"
)

// closeDue does what the clock owes at the transaction's moment: stays whose
// time has come are closed, estimated, and unknown badges become guests. On
// the first moment of a day, what was kept for yesterday only goes.
func (t *txn) closeDue(ctx context.Context) error {
	if !t.now.Dated() {
		return nil
	}
	now := t.now.At.UnixMilli()
	if t.due.Valid && t.due.Int64 <= now {
		// The clock's end has no boot of its own: it is compared by the wall.
		if _, err := t.ExecContext(ctx, `UPDATE stay SET ended = 'estimated', out_boot = NULL, out_ns = NULL, out_ms = closes_ms
			WHERE ended = '' AND closes_ms <= ?1`, now); err != nil {
			return fmt.Errorf("close stays: %w", err)
		}
		if err := t.countUnknownBadges(ctx, now); err != nil {
			return err
		}
	}
	if t.s.swept == t.now.Day {
		return nil
	}
	return t.sweep(ctx)
}

// countUnknownBadges makes a guest of every unknown badge that nobody claimed
// before closing.
func (t *txn) countUnknownBadges(ctx context.Context, now int64) error {
	due, err := sqlrow.Collect(ctx, t, t.s.scanUnknownBadge, `SELECT `+unknownBadgeColumns+` FROM stranger WHERE state = 'open' AND closes_ms <= ?1 ORDER BY no`, now)
	if err != nil {
		return fmt.Errorf("read unknown badges: %w", err)
	}
	for _, x := range due {
		if err := t.countUnknownBadge(ctx, x, timeline.Instant{At: x.visit.at, Trust: x.visit.trust, Day: x.visit.day, Part: x.visit.part}); err != nil {
			return err
		}
	}
	return nil
}

// countUnknownBadge makes a guest of one, at what is believed of its moment.
func (t *txn) countUnknownBadge(ctx context.Context, x unknownBadgeRow, at timeline.Instant) error {
	v := x.visit
	v.how, v.band = kiosk.SourceUnknownBadge, kiosk.BandUnasked
	v.at, v.trust, v.day, v.part = at.At, at.Trust, at.Day, at.Part
	if _, err := t.addVisit(ctx, v); err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, `UPDATE stranger SET state = 'counted' WHERE no = ?1`, x.no); err != nil {
		return fmt.Errorf("count unknown badge: %w", err)
	}
	return nil
}

// sweep removes what was kept for one day only: greetings, what could be
// undone, and the badges that never became somebody's.
func (t *txn) sweep(ctx context.Context) error {
	if err := undo.ForgetBefore(ctx, t, t.now.Day); err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, `DELETE FROM stranger WHERE day < ?1`, t.now.Day); err != nil {
		return fmt.Errorf("sweep unknown badges: %w", err)
	}
	midnight := t.now.Day.At(0, t.s.cfg.Timetable.Zone)
	reach := t.now.Read.Since - t.now.At.Sub(midnight)
	// Of the room's own badges the last few stay, without who it was: one of them
	// may lie on the reader until the next start.
	for _, query := range []string{
		`UPDATE tap SET person = NULL, volunteer = NULL WHERE boot <> ?1 OR bt_ns < ?2`,
		`DELETE FROM tap WHERE (boot <> ?1 OR bt_ns < ?2)
		 AND (no <= (SELECT max(no) FROM tap) - 16 OR mac IS NULL OR mac NOT IN (SELECT mac FROM badge))`,
	} {
		if _, err := t.ExecContext(ctx, query, t.now.boot, int64(reach)); err != nil {
			return fmt.Errorf("sweep greetings: %w", err)
		}
	}
	t.swept = true
	return nil
}

// refit lets the clock close what is open by the present timetable, which may
// not be the one by which it was opened.
func (t *txn) refit(ctx context.Context) error {
	type open struct{ no, from, closes int64 }
	scan := func(row sqlrow.Scanner) (o open, err error) { return o, row.Scan(&o.no, &o.from, &o.closes) }
	for table, query := range map[string]string{
		"stay":     `SELECT no, last_ms, closes_ms FROM stay WHERE ended = '' AND closes_ms IS NOT NULL`,
		"stranger": `SELECT no, at_ms, closes_ms FROM stranger WHERE state = 'open' AND closes_ms IS NOT NULL`,
	} {
		rows, err := sqlrow.Collect(ctx, t, scan, query)
		if err != nil {
			return fmt.Errorf("read what is open: %w", err)
		}
		for _, o := range rows {
			closes := t.s.cfg.Timetable.Closes(time.UnixMilli(o.from)).UnixMilli()
			if closes == o.closes {
				continue
			}
			if _, err := t.ExecContext(ctx, `UPDATE `+table+` SET closes_ms = ?2 WHERE no = ?1`, o.no, closes); err != nil {
				return fmt.Errorf("fit to the timetable: %w", err)
			}
		}
	}
	return nil
}

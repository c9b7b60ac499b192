// Package hours does to the rows of a room what midnight and a new timetable ask.
package hours

import (
	"context"
	"fmt"
	"time"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/sqlite/undo"
	"example.org/inloop/sync/count"
)

// Sweep removes what was kept for one day only: greetings, what could be undone,
// and the badges that never became somebody's. The day began at midnight, by the
// time since the start of the running boot.
func Sweep(ctx context.Context, tx sqlrow.Tx, day count.Day, boot int64, midnight time.Duration) error {
	if err := undo.ForgetBefore(ctx, tx, day); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM stranger WHERE day < ?1`, day); err != nil {
		return fmt.Errorf("sweep unknown badges: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM remade WHERE day < ?1`, day); err != nil {
		return fmt.Errorf("sweep visits made once more: %w", err)
	}
	// Of the room's own badges the last few stay, without who it was or when: one of them
	// may lie on the reader until the next start. In the order of their HMACs nothing tells
	// who came last.
	for _, query := range []string{
		`DELETE FROM tap WHERE (boot <> ?1 OR bt_ns < ?2)
		 AND (no <= (SELECT max(no) FROM tap) - 16 OR mac IS NULL OR mac NOT IN (SELECT mac FROM badge))`,
		`INSERT INTO tap (boot, bt_ns, kind, mac) SELECT 0, 0, '', mac FROM tap WHERE boot <> 0 AND (boot <> ?1 OR bt_ns < ?2) ORDER BY mac`,
		`DELETE FROM tap WHERE boot <> 0 AND (boot <> ?1 OR bt_ns < ?2)`,
	} {
		if _, err := tx.ExecContext(ctx, query, boot, int64(midnight)); err != nil {
			return fmt.Errorf("sweep greetings: %w", err)
		}
	}
	return nil
}

// CloseStays ends, estimated, the stays whose closing time has come by now, in
// milliseconds.
func CloseStays(ctx context.Context, tx sqlrow.Tx, now int64) error {
	// The clock's end has no boot of its own: it is compared by the wall.
	if _, err := tx.ExecContext(ctx, `UPDATE stay SET ended = 'estimated', out_boot = NULL, out_ns = NULL, out_ms = closes_ms
		WHERE ended = '' AND closes_ms <= ?1`, now); err != nil {
		return fmt.Errorf("close stays: %w", err)
	}
	return nil
}

// Refit lets the clock close what is open by the present timetable, which may
// not be the one by which it was opened.
func Refit(ctx context.Context, tx sqlrow.Tx, tt kiosk.Timetable) error {
	type open struct{ no, from, closes int64 }
	scan := func(row sqlrow.Scanner) (o open, err error) { return o, row.Scan(&o.no, &o.from, &o.closes) }
	for table, query := range map[string]string{
		"stay":     `SELECT no, last_ms, closes_ms FROM stay WHERE ended = '' AND closes_ms IS NOT NULL`,
		"stranger": `SELECT no, at_ms, closes_ms FROM stranger WHERE state = 'open' AND closes_ms IS NOT NULL`,
	} {
		rows, err := sqlrow.Collect(ctx, tx, scan, query)
		if err != nil {
			return fmt.Errorf("read what is open: %w", err)
		}
		for _, o := range rows {
			closes := tt.Closes(time.UnixMilli(o.from)).UnixMilli()
			if closes == o.closes {
				continue
			}
			if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET closes_ms = ?2 WHERE no = ?1`, o.no, closes); err != nil {
				return fmt.Errorf("fit to the timetable: %w", err)
			}
		}
	}
	return nil
}

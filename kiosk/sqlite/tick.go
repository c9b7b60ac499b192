package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/volunteers"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// Tick does what time alone brings: closing time, the end of a day, of a month
// and of what may be kept. It is called each minute, and writes only when
// there is something to write.
func (s *Store) Tick(ctx context.Context) error {
	fresh := false
	err := s.withTx(ctx, func(ctx context.Context, t *txn) error {
		if err := volunteers.KeepWaits(ctx, t, t.now.Moment()); err != nil {
			return err
		}
		if !t.now.Dated() {
			return nil
		}
		if err := t.dateEnded(ctx); err != nil {
			return err
		}
		night, err := t.endDays(ctx)
		if err != nil {
			return err
		}
		if fresh = night.Ended(); fresh || night.First {
			if err := t.retain(ctx); err != nil {
				return err
			}
		}
		return t.recountDue(ctx)
	})
	if err != nil {
		return fmt.Errorf("tick: %w", err)
	}
	if fresh {
		return s.file.Checkpoint(ctx)
	}
	return nil
}

// endDays closes out every day that has ended since the last time, whether
// anybody came or not. It tells what the night brought.
func (t *txn) endDays(ctx context.Context) (timeline.Night, error) {
	var last sql.NullInt64
	if err := t.QueryRowContext(ctx, `SELECT ended_day FROM meta`).Scan(&last); err != nil {
		return timeline.Night{}, fmt.Errorf("read last day: %w", err)
	}
	night := timeline.NightBefore(t.today, count.Day(last.Int64))
	for d := range night.Days.All() {
		if err := t.endDay(ctx, d); err != nil {
			return night, err
		}
	}
	if count.Day(last.Int64) == night.Days.Last {
		return night, nil
	}
	if count.Day(last.Int64) > night.Days.Last { // a clock ran ahead, and closed out what was to come
		if err := t.cells.WithdrawAfter(ctx, t.today); err != nil {
			return night, err
		}
	}
	if _, err := t.ExecContext(ctx, `UPDATE meta SET ended_day = ?1`, night.Days.Last); err != nil {
		return night, fmt.Errorf("note last day: %w", err)
	}
	return night, nil
}

// endDay closes out one day: whether it was planned open, and if so each of
// its numbers, zeros included.
func (t *txn) endDay(ctx context.Context, d count.Day) error {
	open := int64(0)
	if t.s.cfg.Timetable.Open(d) {
		open = 1
		if err := t.cells.Fill(ctx, t.s.cfg.Rules.DayCells(t.cells.Epoch, d)); err != nil {
			return err
		}
	}
	return t.cells.Set(ctx, kiosk.Cell{Epoch: t.cells.Epoch, Period: d.Period(), Measure: count.MeasureOpen}, &open)
}

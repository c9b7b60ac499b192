package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/volunteers"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// Tick does what time alone brings: closing time, the end of a day, of a month
// and of what may be kept. It is called each minute, and writes only when
// there is something to write.
func (s *Store) Tick(ctx context.Context) error {
	fresh, more := false, true
	for more { // a portion at a time, and taps between them
		err := s.withTx(ctx, func(ctx context.Context, t *txn) (err error) {
			more = false
			if err := volunteers.KeepWaits(ctx, t, t.now.Moment()); err != nil || !t.now.Dated() {
				return err
			}
			fresh, more, err = t.night(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("tick: %w", err)
		}
	}
	if err := s.Sweep(ctx); err != nil { // what a list left half staged
		return fmt.Errorf("tick: %w", err)
	}
	if fresh {
		return s.file.Checkpoint(ctx)
	}
	return nil
}

// night does what a day that has ended asks for, and tells whether one has. While
// more days are left to close out, nothing is counted or deleted yet. A clock that
// leapt ends no day before it is believed.
func (t *txn) night(ctx context.Context) (fresh, more bool, err error) {
	if err := t.dateEnded(ctx); err != nil {
		return false, false, err
	}
	if sure, err := t.believes(ctx); err != nil || !sure {
		return false, false, err
	}
	night, more, err := t.endDays(ctx)
	if err != nil || more {
		return true, more, err
	}
	if fresh = night.Ended(); fresh || night.First {
		if err := t.retain(ctx); err != nil {
			return fresh, false, err
		}
	}
	return fresh, false, t.recountDue(ctx)
}

// endDays closes out the days that have ended since the last time, whether anybody
// came or not. It tells what the night brought, and whether more days are left.
func (t *txn) endDays(ctx context.Context) (night timeline.Night, more bool, err error) {
	var last sql.NullInt64
	if err := t.QueryRowContext(ctx, `SELECT ended_day FROM meta`).Scan(&last); err != nil {
		return night, false, fmt.Errorf("read last day: %w", err)
	}
	night, more = timeline.NightBefore(t.today, count.Day(last.Int64)).Portion(reach.VisitsFrom(t.today))
	for d := range night.Days.All() {
		if err := t.endDay(ctx, d); err != nil {
			return night, false, err
		}
	}
	if count.Day(last.Int64) == night.Days.Last {
		return night, more, nil
	}
	if count.Day(last.Int64) > night.Days.Last { // a clock ran ahead, and closed out what was to come
		if err := t.cells.WithdrawAfter(ctx, t.today); err != nil {
			return night, false, err
		}
	}
	if _, err := t.ExecContext(ctx, `UPDATE meta SET ended_day = ?1`, night.Days.Last); err != nil {
		return night, false, fmt.Errorf("note last day: %w", err)
	}
	return night, more, nil
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

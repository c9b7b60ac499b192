package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/volunteers"
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
		ended, first, err := t.endDays(ctx)
		if err != nil {
			return err
		}
		if fresh = ended; ended || first {
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
		return s.checkpoint(ctx)
	}
	return nil
}

// endDays writes the closed-out cells of every day that has ended since the
// last time, whether anybody came or not. It tells whether a day ended, and
// whether this is the room's very first day.
func (t *txn) endDays(ctx context.Context) (ended, first bool, err error) {
	var last sql.NullInt64
	if err := t.QueryRowContext(ctx, `SELECT ended_day FROM meta`).Scan(&last); err != nil {
		return false, false, fmt.Errorf("read last day: %w", err)
	}
	yesterday := t.today - 1
	if last.Valid && count.Day(last.Int64) == yesterday {
		return false, false, nil
	}
	// A clock that ran ahead may have ended days that are still to come: the
	// next true night ends them again.
	back := last.Valid && count.Day(last.Int64) > yesterday
	if last.Valid {
		for d := count.Day(last.Int64) + 1; d <= yesterday; d++ {
			if err := t.endDay(ctx, d); err != nil {
				return false, false, err
			}
		}
	}
	if _, err := t.ExecContext(ctx, `UPDATE meta SET ended_day = ?1`, yesterday); err != nil {
		return false, false, fmt.Errorf("note last day: %w", err)
	}
	return last.Valid && !back, !last.Valid, nil
}

// endDay closes out one day: whether it was planned open, and if so each of
// its numbers, zeros included, so that nothing that is missing looks like one.
func (t *txn) endDay(ctx context.Context, d count.Day) error {
	open := int64(0)
	if t.s.cfg.Timetable.Open(d) {
		open = 1
		for _, part := range count.Parts() {
			at := dayPart{t.epochNo, d, part}
			for _, m := range t.s.cfg.Rules.Measures() {
				_, known, err := t.cell(ctx, at.cell(m))
				if err != nil {
					return err
				}
				if known {
					continue
				}
				if err := t.writeCell(ctx, at.cell(m), new(int64)); err != nil {
					return err
				}
			}
		}
	}
	return t.setCell(ctx, kiosk.Cell{Epoch: t.epochNo, Period: count.Period(d.String()), Measure: count.MeasureOpen}, &open)
}

// checkpoint writes the log back into the file, once a day.
func (s *Store) checkpoint(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.w == nil {
		return nil
	}
	if _, err := s.w.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if _, err := s.w.ExecContext(ctx, `PRAGMA optimize`); err != nil {
		return fmt.Errorf("optimize: %w", err)
	}
	return nil
}

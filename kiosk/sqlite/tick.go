package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/blur"
	"example.org/inloop/kiosk/sqlite/daybook"
	"example.org/inloop/kiosk/sqlite/volunteers"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// nightWork is how far the work of a night is: each step is a transaction of its own,
// and taps between them.
type nightWork struct {
	more   bool       // there is another step
	ended  bool       // a day has ended
	retain bool       // what its time is over for is to go
	save   count.Day  // but first a backup is to be made, after a leap to this day
	beside besideWork // what is counted while others write, and how often it was
	counts int
	boot   int64 // that runs
	today  count.Day
}

// Tick does what time alone brings: closing time, the end of a day, of a month
// and of what may be kept. It is called each minute, and writes only when
// there is something to write.
func (s *Store) Tick(ctx context.Context) error {
	w := nightWork{more: true}
	for w.more {
		// The backup is made while nobody waits for it.
		err := backup.BeforeLeap(ctx, s.cfg.Dir, w.save, s.Backup)
		if err == nil {
			err = s.withTx(ctx, func(ctx context.Context, t *txn) error {
				w.more, w.save, w.beside = false, count.NoDay, nil
				if err := volunteers.KeepWaits(ctx, t, t.now.Moment()); err != nil || !t.now.Dated() {
					return err
				}
				return t.night(ctx, &w)
			})
		}
		if err == nil && w.beside != nil {
			err = s.beside(ctx, w.beside)
		}
		if err != nil {
			return fmt.Errorf("tick: %w", err)
		}
	}
	if err := errors.Join(s.Sweep(ctx), s.TickPool(ctx)); err != nil { // what a list left half staged; a quarter of a room alone
		return fmt.Errorf("tick: %w", err)
	}
	if w.retain {
		if err := s.blur(ctx, w.boot, w.today); err != nil {
			return fmt.Errorf("tick: %w", err)
		}
	}
	if w.ended {
		s.names.Forget()
		return s.file.Checkpoint(ctx)
	}
	return s.file.Retry(ctx)
}

// blur takes from the days that are over when people came, a day to a transaction. It
// comes when nothing of the night is left that reads it.
func (s *Store) blur(ctx context.Context, boot int64, today count.Day) error {
	for day := count.NoDay; ; {
		db, err := s.reader()
		if err != nil {
			return err
		}
		if day, err = blur.Next(ctx, db, boot, day, today); err != nil {
			return err
		}
		err = s.withTx(ctx, func(ctx context.Context, t *txn) error {
			if day == count.NoDay {
				return blur.Rest(ctx, t, t.now.boot)
			}
			return blur.Day(ctx, t, t.now.boot, day, s.timetable().Zone)
		})
		if err != nil || day == count.NoDay {
			return err
		}
	}
}

// night does the next step of what a day that has ended asks for: days are closed out,
// then figures counted, then rows deleted. A clock that leapt ends no day before it is
// believed.
func (t *txn) night(ctx context.Context, w *nightWork) error {
	if err := t.dateEnded(ctx); err != nil {
		return err
	}
	if sure, err := t.believes(ctx); err != nil || !sure {
		return err
	}
	night, more, err := t.endDays(ctx)
	if err != nil {
		return err
	}
	w.ended, w.boot, w.today = w.ended || night.Ended(), t.now.boot, t.today
	if night.Ended() || night.First {
		w.more = true
		if err := t.countUndatedBadges(ctx); err != nil {
			return err
		}
		if more {
			return nil
		}
		return t.retainTonight(ctx, w)
	}
	if err := daybook.Due(ctx, t.cells, t.s.plan(), t.now.At); err != nil {
		return err
	}
	due, err := t.recountDue(ctx)
	switch {
	case err != nil:
		return err
	case due && w.counts < attempts:
		w.counts++
		w.beside, w.more = recountPeriods, w.retain
	case !due && w.retain:
		return t.retain(ctx, w)
	}
	return nil
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
		if err := t.cells.EndDay(ctx, d, t.s.timetable().Open(d), t.s.cfg.Rules.DayCells(t.cells.Epoch, d)); err != nil {
			return night, false, err
		}
		if err := daybook.End(ctx, t.cells, t.s.plan(), d); err != nil {
			return night, false, err
		}
	}
	if count.Day(last.Int64) == night.Days.Last {
		return night, more, nil
	}
	if count.Day(last.Int64) > night.Days.Last { // a clock ran ahead, and closed out what was to come
		if err := errors.Join(t.cells.WithdrawAfter(ctx, t.today), daybook.WithdrawAfter(ctx, t, t.today)); err != nil {
			return night, false, err
		}
	}
	if err := daybook.Sweep(ctx, t, night.Days.Last, reach.VisitsFrom(t.today)); err != nil {
		return night, false, err
	}
	if _, err := t.ExecContext(ctx, `UPDATE meta SET ended_day = ?1`, night.Days.Last); err != nil {
		return night, false, fmt.Errorf("note last day: %w", err)
	}
	return night, more, nil
}

package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/daybook"
	"example.org/inloop/kiosk/sqlite/dbfile"
	"example.org/inloop/kiosk/sqlite/imports"
	"example.org/inloop/kiosk/sqlite/once"
	"example.org/inloop/kiosk/sqlite/outbox"
	"example.org/inloop/kiosk/sqlite/pooling"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// withTx runs fn in one immediate transaction at the clock's present moment
// and commits what it did; any error of fn, or a panic, leaves no trace.
func (s *Store) withTx(ctx context.Context, fn func(context.Context, *txn) error) error {
	return s.writeAt(ctx, s.cfg.Clock.Now(), fn)
}

// doing is withTx for a whole method of the store: an error says what was being
// done.
func (s *Store) doing(ctx context.Context, what string, fn func(context.Context, *txn) error) error {
	if err := s.withTx(ctx, fn); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// writeRows is withTx for a part of the store that knows rows alone.
func (s *Store) writeRows(ctx context.Context, fn func(context.Context, sqlrow.Tx, kiosk.Moment) error) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error { return fn(ctx, t, t.now.Moment()) })
}

// writeToday is withTx for a part of the store that knows rows and the day.
func (s *Store) writeToday(ctx context.Context, fn func(context.Context, sqlrow.Tx, count.Day) error) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error { return fn(ctx, t, t.today) })
}

// writeCells is withTx for the part that knows cells alone.
func (s *Store) writeCells(ctx context.Context, fn func(context.Context, *outbox.Tx, kiosk.Moment) error) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error { return fn(ctx, t.cells, t.now.Moment()) })
}

// writeLists is withTx for the part that knows lists alone.
func (s *Store) writeLists(ctx context.Context, fn func(context.Context, imports.Writing) error) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error {
		return fn(ctx, imports.Writing{
			Tx: t.cells, Day: t.today, Part: t.now.Part, Boot: t.now.boot, Moment: t.now.Moment(),
			Settled: t.settled,
			Shifted: func(ctx context.Context, list int64) error {
				return daybook.CorrectListed(ctx, t.cells, s.plan(), list)
			},
		})
	})
}

// writePool is withTx for the part that counts together with other rooms.
func (s *Store) writePool(ctx context.Context, fn func(context.Context, pooling.PoolTx) error) error {
	return s.withTx(ctx, func(ctx context.Context, t *txn) error {
		w := pooling.PoolTx{Tx: t, Day: t.today}
		sure, err := t.believes(ctx)
		if err != nil {
			return err
		}
		if sure && t.now.Dated() && t.now.Trust >= kiosk.TrustAnchored {
			w.Today = t.today
		}
		return fn(ctx, w)
	})
}

// todayOf is the room's day, and whether its clock was anchored or confirmed by hand.
func (s *Store) todayOf() (day count.Day, sure bool) {
	return s.timetable().Day(s.BestTime(s.cfg.Clock.Now())), s.Trust() >= kiosk.TrustAnchored
}

// writeAt is withTx at a given moment.
func (s *Store) writeAt(ctx context.Context, at kiosk.Moment, fn func(context.Context, *txn) error) error {
	return s.file.Turn(ctx, func(turn dbfile.Turn) error { return s.write(ctx, turn, at, fn) })
}

// write does the work of writeAt for one whose turn it is.
func (s *Store) write(ctx context.Context, turn dbfile.Turn, at kiosk.Moment, fn func(context.Context, *txn) error) error {
	t := &txn{s: s}
	err := turn.Write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		t.Tx = tx
		t.cells = outbox.NewTx(t, t.pass, t.touch)
		if err := t.enter(ctx, at); err != nil {
			return err
		}
		if err := once.Claim(ctx, t); err != nil {
			return err
		}
		if err := fn(ctx, t); err != nil {
			return err
		}
		return t.recount(ctx)
	})
	if err != nil {
		return err
	}
	if t.swept {
		s.swept = t.now.Day
	}
	s.known.Store(&timeline.RunningBoot{Alignment: timeline.Alignment{At: t.now.At, Since: t.now.Read.Since, Trust: t.now.Trust}, Passed: t.passed})
	return nil
}

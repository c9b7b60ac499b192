package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/boots"
	"example.org/inloop/kiosk/sqlite/daybook"
	"example.org/inloop/sync/count"
)

// Release lets go to the centre what has ended since the last time, and tells whether
// anything has: see outbox.Tx.Release. Each measure of a part of a day that was planned
// open goes when the part has ended, zeros too. A clock that is not believed releases
// nothing, and neither does one whose night's work is still to be done.
func (s *Store) Release(ctx context.Context) (further bool, err error) {
	err = s.doing(ctx, "release counts", func(ctx context.Context, t *txn) error {
		further, err = t.release(ctx)
		return err
	})
	return further, err
}

func (t *txn) release(ctx context.Context) (further bool, err error) {
	if sure, err := t.believes(ctx); err != nil || !sure {
		return false, err
	}
	var closed sql.NullInt64
	if err := t.QueryRowContext(ctx, `SELECT ended_day FROM meta`).Scan(&closed); err != nil {
		return false, fmt.Errorf("read last day: %w", err)
	}
	shut, err := t.shut(ctx)
	if err != nil {
		return false, err
	}
	ended := t.s.timetable().Ended(t.now.At, shut)
	if !closed.Valid || count.Day(closed.Int64) < ended.Day-1 {
		return false, nil
	}
	// A host's touch tells of no visitor.
	if err := t.cells.ReleaseNow(ctx, t.today, count.MeasureOpened); err != nil {
		return false, err
	}
	within, further, err := t.cells.EndedBy(ctx, ended)
	if err != nil || !further {
		return false, err
	}
	// What the clock brought in this very transaction is counted too.
	if err := t.recount(ctx); err != nil {
		return false, err
	}
	t.changed = changes{}
	if err := t.endParts(ctx, ended); err != nil {
		return false, err
	}
	undated, err := boots.Waiting(ctx, t, t.now.Moment(), t.s.timetable())
	if err != nil {
		return false, err
	}
	return true, t.cells.Release(ctx, within, undated)
}

// shut returns the running day when a host has said that the room is closed, else NoDay.
func (t *txn) shut(ctx context.Context) (count.Day, error) {
	_, closed, err := daybook.ClosedAt(ctx, t, t.today, t.s.timetable().Zone)
	if err != nil || !closed {
		return count.NoDay, err
	}
	return t.today, nil
}

// endParts writes the zeros of those parts of a running day that have ended, and once it
// has ended itself whether it was planned open.
func (t *txn) endParts(ctx context.Context, e kiosk.Ended) error {
	planned := t.s.timetable().Open(e.Day)
	cells := slices.DeleteFunc(t.s.cfg.Rules.DayCells(t.cells.Epoch, e.Day), func(c kiosk.Cell) bool { return !e.Has(e.Day, c.Part) })
	switch {
	case e.Has(e.Day, count.PartNone):
		if err := daybook.Tell(ctx, t.cells, t.s.plan(), e.Day); err != nil {
			return err
		}
		return t.cells.EndDay(ctx, e.Day, planned, cells)
	case planned:
		return t.cells.Fill(ctx, cells)
	}
	return nil
}

package sqlite

import (
	"context"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/retention"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// retainTonight decides, once a night, whether what its time is over for goes. Nothing
// is deleted on the word of a clock alone that has run far ahead, because nothing
// brings it back; and nothing after such a leap before there is a backup of it all.
func (t *txn) retainTonight(ctx context.Context, w *nightWork) error {
	last, err := ledger.LastRecount(ctx, t)
	if err != nil {
		return err
	}
	now, err := ledger.DoubtClock(ctx, t, t.today, t.now.proven, true)
	if w.retain = now.Doubt == 0; w.retain && (last.Doubt > 0 || timeline.Leapt(t.today, last.Day)) {
		w.save = t.today
	}
	return err
}

// retain decides what portion of the visits whose time is over goes next, the oldest
// first, and has it counted beside what else is written.
func (t *txn) retain(ctx context.Context, w *nightWork) error {
	until, more, err := retention.Portion(ctx, t, reach.VisitsFrom(t.today))
	if err != nil {
		return err
	}
	w.beside = func(l *reach.Ledger, _ ledger.Counted) (func(context.Context, *txn) error, error) {
		keep, err := l.Without(until)
		return func(ctx context.Context, t *txn) error { return t.forget(ctx, until, keep, more) }, err
	}
	w.more = more
	return nil
}

// forget deletes that portion; with the last one goes what is kept of people for too
// long. No figure moves by it, and of each person who still comes the month of the first
// visit stays.
func (t *txn) forget(ctx context.Context, until count.Day, keep map[count.Period]reach.Kept, more bool) error {
	if err := t.s.rows().Let(ctx, t, until, keep); err != nil {
		return err
	}
	if err := retention.Visits(ctx, t, until); err != nil || more {
		return err
	}
	if err := backup.DropOld(t.s.cfg.Disk, t.s.cfg.Dir, t.today); err != nil {
		return err
	}
	return retention.People(ctx, t, t.s.rows(), t.today)
}

package sqlite

import (
	"context"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/retention"
	"example.org/inloop/kiosk/timeline"
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

// retain deletes a portion of what its time is over for, the oldest first, and tells
// whether more is left. Closed periods stay as they are, and of each person who still
// comes the month of the first visit.
func (t *txn) retain(ctx context.Context) (more bool, err error) {
	until, more, err := retention.Portion(ctx, t, reach.VisitsFrom(t.today))
	if err != nil {
		return false, err
	}
	if !more {
		if err := backup.DropOld(t.s.cfg.Disk, t.s.cfg.Dir, t.today); err != nil {
			return false, err
		}
	}
	return more, t.keepingClosed(ctx, func() error {
		if err := retention.Visits(ctx, t, until); err != nil || more {
			return err
		}
		return retention.People(ctx, t, t.today)
	})
}

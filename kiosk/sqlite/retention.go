package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"example.org/inloop/kiosk/backup"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/retention"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// retain deletes what its time is over for. Closed periods stay as they are,
// and of each person who still comes the month of the first visit.
// It is run once a night. Nothing is deleted on the word of a clock alone that
// has run far ahead, because nothing brings it back; and nothing after such a leap
// before there is a backup of it all.
func (t *txn) retain(ctx context.Context) error {
	if t.today == count.NoDay {
		return nil
	}
	last, err := ledger.LastRecount(ctx, t)
	if err != nil {
		return err
	}
	if now, err := ledger.DoubtClock(ctx, t, t.today, t.now.proven, true); err != nil || now.Doubt > 0 {
		return err
	}
	if last.Doubt > 0 || timeline.Leapt(t.today, last.Day) {
		err := t.s.Backup(ctx, backup.LeapFile(t.s.cfg.Dir, t.today))
		if err != nil && !errors.Is(err, fs.ErrExist) { // one of today is as good
			return fmt.Errorf("before deleting after a leap of the clock: %w", err)
		}
	}
	if err := backup.DropOld(t.s.cfg.Disk, t.s.cfg.Dir, t.today); err != nil {
		return err
	}
	return t.leavingClosed(ctx, func() error {
		if err := retention.Visits(ctx, t, reach.VisitsFrom(t.today)); err != nil {
			return fmt.Errorf("delete old visits: %w", err)
		}
		if err := retention.Answers(ctx, t, t.today); err != nil {
			return fmt.Errorf("delete old answers: %w", err)
		}
		if err := retention.Links(ctx, t, t.today); err != nil {
			return fmt.Errorf("delete old links: %w", err)
		}
		return nil
	})
}

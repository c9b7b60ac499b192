package sqlite

import (
	"context"

	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/sync/count"
)

// recountDue tells whether the figures of the periods that have ended may have to be
// brought up to date: the day has changed, or a past day was corrected.
func (t *txn) recountDue(ctx context.Context) (due bool, err error) {
	last, err := ledger.LastRecount(ctx, t)
	if err != nil {
		return false, err
	}
	due, err = t.cells.DaysChanged(ctx, last.Change, t.today.FirstOfMonth())
	return due || last.Day != t.today || len(t.changed.parts) > 0, err
}

// besideWork makes of the figures, as of one snapshot, what a transaction is to write.
type besideWork func(*reach.Ledger, ledger.Counted) (func(context.Context, *txn) error, error)

// recountPeriods brings the cells of months, quarters and years that have ended
// up to date, each under the newest epoch, and keeps those that are closed.
func recountPeriods(l *reach.Ledger, seen ledger.Counted) (func(context.Context, *txn) error, error) {
	done, err := l.Recount(seen.Epoch, seen.Today)
	return func(ctx context.Context, t *txn) error {
		if err := t.s.rows().Keep(ctx, t, done.Kept); err != nil {
			return err
		}
		if err := t.cells.Tell(ctx, done.Counts); err != nil {
			return err
		}
		return ledger.NoteRecount(ctx, t, seen.Today, seen.Change)
	}, err
}

const attempts = 5 // at figures that are corrected meanwhile

// beside counts on a snapshot, while anybody may write, and then writes what came of it;
// it counts anew when something was corrected between the two. Nobody waits at the door
// for all that a room remembers to be read.
func (s *Store) beside(ctx context.Context, work besideWork) error {
	for range attempts {
		var seen ledger.Counted
		err := s.withTx(ctx, func(ctx context.Context, t *txn) (err error) {
			seen.Epoch = t.cells.Epoch
			seen.Today, err = t.settled(ctx)
			return err
		})
		if err != nil || seen.Today == count.NoDay {
			return err
		}
		var write func(context.Context, *txn) error
		err = s.glance(ctx, "count beside", func(g glance) error {
			if err := seen.Look(ctx, g); err != nil {
				return err
			}
			l, err := s.rows().Load(ctx, g)
			if err == nil {
				write, err = work(l, seen)
			}
			return err
		})
		if err != nil {
			return err
		}
		stands := false
		err = s.withTx(ctx, func(ctx context.Context, t *txn) error {
			today, err := t.settled(ctx)
			if err == nil {
				stands, err = seen.Stands(ctx, t.cells, today)
			}
			if err != nil || !stands {
				return err
			}
			return write(ctx, t)
		})
		if err != nil || stands {
			return err
		}
	}
	return nil // the next night's work finds it due
}

// settled returns the day as of which figures may be told: while the clock is not
// believed, that of the last time.
func (t *txn) settled(ctx context.Context) (count.Day, error) {
	sure, err := t.believes(ctx)
	if err != nil {
		return count.NoDay, err
	}
	last, err := ledger.DoubtClock(ctx, t, t.today, t.now.proven, false)
	if sure && (last.Doubt == 0 || !t.now.chip) { // far ahead, a clock chip's word alone is not enough
		return t.today, err
	}
	return min(t.today, last.Day), err
}

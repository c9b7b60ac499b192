package sqlite

import (
	"context"

	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/sync/count"
)

// recountDue brings the figures of the periods that have ended up to date. It
// looks at little unless the day has changed or a past day has been corrected, and
// tells whether it was so.
func (t *txn) recountDue(ctx context.Context) (due bool, err error) {
	last, err := ledger.LastRecount(ctx, t)
	if err != nil {
		return false, err
	}
	due, err = t.cells.DaysChanged(ctx, last.Rev, t.today.FirstOfMonth())
	if err != nil || !due && last.Day == t.today {
		return false, err
	}
	return true, t.recountPeriods(ctx)
}

// recountPeriods brings the cells of months, quarters and years that have ended
// up to date, each under the newest epoch, and keeps those that are closed.
func (t *txn) recountPeriods(ctx context.Context) error {
	today, err := t.settled(ctx)
	if err != nil || today == count.NoDay {
		return err
	}
	l, err := t.s.rows().Load(ctx, t)
	if err != nil {
		return err
	}
	done, err := l.Recount(t.cells.Epoch, today)
	if err != nil {
		return err
	}
	if err := t.s.rows().Keep(ctx, t, done.Kept); err != nil {
		return err
	}
	if err := t.cells.Tell(ctx, done.Counts); err != nil {
		return err
	}
	// What this transaction is still to write is to be looked at the next time.
	rev, err := t.cells.Complete(ctx)
	if err != nil {
		return err
	}
	return ledger.NoteRecount(ctx, t, today, rev)
}

// settled returns the day as of which figures may be told: while the clock is not
// believed, that of the last time.
func (t *txn) settled(ctx context.Context) (count.Day, error) {
	sure, err := t.believes(ctx)
	if err != nil {
		return count.NoDay, err
	}
	last, err := ledger.DoubtClock(ctx, t, t.today, t.now.proven, false)
	if sure {
		return t.today, err
	}
	return min(t.today, last.Day), err
}

// leavingClosed runs fn, which removes rows or changes answers, so that closed
// periods stay as they are. What was corrected before fn still counts.
func (t *txn) leavingClosed(ctx context.Context, fn func() error) error {
	if err := t.recount(ctx); err != nil {
		return err
	}
	t.changed.parts, t.changed.before = nil, nil
	if err := t.recountPeriods(ctx); err != nil {
		return err
	}
	return t.keepingClosed(ctx, fn)
}

// keepingClosed is leavingClosed where nothing waits to be counted.
func (t *txn) keepingClosed(ctx context.Context, fn func() error) error {
	if err := ledger.NoteRecorded(ctx, t); err != nil {
		return err
	}
	t.leaveClosed = true
	defer func() { t.leaveClosed = false }()
	if err := fn(); err != nil {
		return err
	}
	return t.s.rows().Rebase(ctx, t)
}

package sqlite

import (
	"context"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

// recountDue brings the figures of the periods that have ended up to date. It
// looks at little unless the day has changed or a past day has been corrected.
func (t *txn) recountDue(ctx context.Context) error {
	var day count.Day
	var rev int64
	if err := t.QueryRowContext(ctx, `SELECT day, rev FROM reckoning`).Scan(&day, &rev); err != nil {
		return fmt.Errorf("read last recount: %w", err)
	}
	due, err := t.cells.DaysChanged(ctx, rev, t.today.FirstOfMonth())
	if err != nil {
		return err
	}
	if day == t.today && !due {
		return nil
	}
	return t.recountPeriods(ctx)
}

// recountPeriods brings the cells of months, quarters and years that have ended
// up to date, each under the newest epoch, and keeps those that are closed.
func (t *txn) recountPeriods(ctx context.Context) error {
	if t.today == count.NoDay {
		return nil
	}
	if _, err := t.doubtClock(ctx, false); err != nil {
		return err
	}
	l, err := t.s.ledger.Load(ctx, t)
	if err != nil {
		return err
	}
	done, err := l.Recount(t.cells.Epoch, t.today)
	if err != nil {
		return err
	}
	if err := t.s.ledger.Keep(ctx, t, done.Kept); err != nil {
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
	if _, err := t.ExecContext(ctx, `UPDATE reckoning SET day = ?1, rev = ?2`, t.today, rev); err != nil {
		return fmt.Errorf("note recount: %w", err)
	}
	return nil
}

// untell forgets what was kept of periods that had visits until newest of
// which no row will ever be, and withdraws their cells.
func (t *txn) untell(ctx context.Context, newest count.Day) error {
	l, err := t.s.ledger.Load(ctx, t)
	if err != nil {
		return err
	}
	for _, p := range l.TakeBack(newest) {
		if err := sqlrow.One(ctx, t, `DELETE FROM kept WHERE period = ?1`, p); err != nil {
			return fmt.Errorf("take back %s: %w", p, err)
		}
		if err := t.cells.Tell(ctx, reach.Withheld(p, reach.ReasonForgotten).Counts(t.cells.Epoch, t.today)); err != nil {
			return err
		}
	}
	return nil
}

// doubtClock notes for how many more nights the clock is doubted, because today
// leaps far ahead of the day on which the figures were counted last. At night,
// another one has passed.
func (t *txn) doubtClock(ctx context.Context, night bool) (d timeline.Doubt, err error) {
	var last count.Day
	var was timeline.Doubt
	if err := t.QueryRowContext(ctx, `SELECT day, doubt FROM reckoning`).Scan(&last, &was); err != nil {
		return 0, fmt.Errorf("doubt clock: %w", err)
	}
	if d = was.OnDay(t.today, last, t.now.Trust >= kiosk.TrustAnchored); night {
		d = d.AfterNight()
	}
	if d == was {
		return d, nil
	}
	if _, err := t.ExecContext(ctx, `UPDATE reckoning SET doubt = ?1`, d); err != nil {
		return d, fmt.Errorf("doubt clock: %w", err)
	}
	return d, nil
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
	if err := t.noteRecorded(ctx, count.NoDay); err != nil {
		return err
	}
	t.leaveClosed = true
	defer func() { t.leaveClosed = false }()
	if err := fn(); err != nil {
		return err
	}
	return t.rebase(ctx)
}

// rebase takes what the rows say now for what they said when the closed
// periods were last looked at.
func (t *txn) rebase(ctx context.Context) error {
	l, err := t.s.ledger.Load(ctx, t)
	if err != nil {
		return err
	}
	changed, err := l.Rebase()
	if err != nil {
		return err
	}
	return t.s.ledger.Keep(ctx, t, changed)
}

// noteRecorded remembers the room's first recorded day before its row goes, or
// an earlier day of which no row will ever be.
func (t *txn) noteRecorded(ctx context.Context, earlier count.Day) error {
	_, err := t.ExecContext(ctx, `
		UPDATE reckoning SET recorded = (
		  SELECT coalesce(min(day), 0) FROM (
		    SELECT min(day) AS day FROM visit WHERE void = 0 AND held = 0
		    UNION ALL SELECT nullif(recorded, 0) UNION ALL SELECT nullif(?1, 0)))`, earlier)
	if err != nil {
		return fmt.Errorf("note first recorded day: %w", err)
	}
	return nil
}

// noteForgotten notes that a visit of day d is gone, or was never written down.
func (t *txn) noteForgotten(ctx context.Context, d count.Day) error {
	if _, err := t.ExecContext(ctx, `UPDATE reckoning SET forgotten = max(forgotten, ?1 + 1)`, d); err != nil {
		return fmt.Errorf("note retention: %w", err)
	}
	return nil
}

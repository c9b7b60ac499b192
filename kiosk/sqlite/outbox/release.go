package outbox

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// EndedBy returns how far the days have ended for what may be sent, when they have ended
// so far in the room, and whether that is further than when cells were released last.
func (t *Tx) EndedBy(ctx context.Context, e kiosk.Ended) (within kiosk.Ended, further bool, err error) {
	var last kiosk.Ended
	var heard count.Day
	if err := t.QueryRowContext(ctx, `SELECT ended_day, ended_parts, heard FROM link`).Scan(&last.Day, &last.Parts, &heard); err != nil {
		return e, false, fmt.Errorf("read last release: %w", err)
	}
	within = e.Within(heard)
	return within, within.Compare(last) > 0, nil
}

// Release gives each cell that says something new the number under which it is sent, and
// a revision, in the order of period, measure and part: those of days and parts of them
// that have ended, and of months, quarters and years that had ended by the day of the
// last signed answer. So neither how often a number changed meanwhile nor when can be
// told by what leaves the room. Visits that wait for a date are told with them.
func (t *Tx) Release(ctx context.Context, e kiosk.Ended, undated []kiosk.WaitingVisits) error {
	var heard count.Day
	if err := t.QueryRowContext(ctx, `UPDATE link SET ended_day = ?1, ended_parts = ?2, last_visit = (SELECT coalesce(max(no), 0) FROM visit) RETURNING heard`,
		e.Day, e.Parts).Scan(&heard); err != nil {
		return fmt.Errorf("note release: %w", err)
	}
	due, err := t.due(ctx, e, heard)
	if err != nil {
		return err
	}
	for _, c := range due {
		if err := t.release(ctx, c); err != nil {
			return err
		}
	}
	return t.noteUndated(ctx, undated)
}

// ReleaseNow releases a measure of a whole day that no visitor changes, and that need not
// wait until the day has ended.
func (t *Tx) ReleaseNow(ctx context.Context, day count.Day, m count.Measure) error {
	c := kiosk.Count{Cell: kiosk.Cell{Epoch: t.Epoch, Period: day.Period(), Measure: m}}
	err := t.QueryRowContext(ctx, `SELECT n FROM cell WHERE `+sameCell+` AND stage = ?5 AND ?6 <= (SELECT heard + 1 FROM link WHERE heard > 0)`,
		c.Epoch, c.Period, c.Part, c.Measure, stageWaits, day).Scan(&c.N)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for %s of %s: %w", m, day, err)
	}
	return t.release(ctx, c)
}

// due returns what Release is to release, in its order. What says again what it said
// when it was released last waits no longer.
func (t *Tx) due(ctx context.Context, e kiosk.Ended, heard count.Day) ([]kiosk.Count, error) {
	all, err := t.waiting(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(c kiosk.Count) bool {
		first, last, err := c.Period.Span()
		switch {
		case err != nil:
			return true
		case first == last:
			return !e.Has(first, c.Part)
		}
		return last >= heard
	}), nil
}

// waiting returns the cells that wait for their release, in its order, with the numbers
// that they have now.
func (t *Tx) waiting(ctx context.Context) ([]kiosk.Count, error) {
	all, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (c kiosk.Count, err error) {
		err = row.Scan(&c.Epoch, &c.Period, &c.Measure, &c.Part, &c.N)
		if c.N == nil && c.Part != count.PartNone { // a list that was taken back was all there was
			c.N = new(int64)
		}
		return c, err
	}, `SELECT epoch, period, measure, part, n FROM cell WHERE stage = 1`)
	if err != nil {
		return nil, fmt.Errorf("read what waits for its release: %w", err)
	}
	slices.SortFunc(all, func(a, b kiosk.Count) int {
		return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Epoch, b.Epoch))
	})
	return all, nil
}

// release releases a cell under the next revision, unless it was released so already.
func (t *Tx) release(ctx context.Context, c kiosk.Count) error {
	var same bool
	if err := t.QueryRowContext(ctx, `UPDATE cell SET stage = ?6 WHERE `+sameCell+` RETURNING rev > 0 AND told IS ?5`,
		c.Epoch, c.Period, c.Part, c.Measure, c.N, stageReleased).Scan(&same); err != nil {
		return fmt.Errorf("release cell %s %s: %w", c.Period, c.Measure, err)
	}
	if same {
		return nil
	}
	return t.give(ctx, c)
}

// give gives a cell the next revision, under which it is sent with the number of c.
func (t *Tx) give(ctx context.Context, c kiosk.Count) error {
	var rev int64
	err := t.QueryRowContext(ctx, `UPDATE meta SET rev = rev + 1 RETURNING rev`).Scan(&rev)
	if err == nil {
		_, err = t.ExecContext(ctx, `UPDATE cell SET told = ?5, rev = ?6 WHERE `+sameCell, c.Epoch, c.Period, c.Part, c.Measure, c.N, rev)
	}
	if err != nil {
		return fmt.Errorf("give cell %s %s a revision: %w", c.Period, c.Measure, err)
	}
	return nil
}

// noteUndated notes the visits without a date as they are told from now on.
func (t *Tx) noteUndated(ctx context.Context, all []kiosk.WaitingVisits) error {
	_, err := t.ExecContext(ctx, `DELETE FROM undated WHERE n > 0`) // by a condition: an empty table is left as it is
	for _, w := range all {
		if err == nil {
			_, err = t.ExecContext(ctx, `INSERT INTO undated (first, last, n) VALUES (?1, ?2, ?3)`, w.Days.First, w.Days.Last, w.Visits)
		}
	}
	if err != nil {
		return fmt.Errorf("note undated visits: %w", err)
	}
	return nil
}

// WaitingVisits returns how many visits wait for a date, as it was when cells were
// released last: both are told together.
func (o *Outbox) WaitingVisits(ctx context.Context) ([]kiosk.WaitingVisits, error) {
	db, err := o.read()
	if err != nil {
		return nil, err
	}
	all, err := sqlrow.Collect(ctx, db, func(row sqlrow.Scanner) (w kiosk.WaitingVisits, err error) {
		return w, row.Scan(&w.Days.First, &w.Days.Last, &w.Visits)
	}, `SELECT first, last, n FROM undated ORDER BY first, last`)
	if err != nil {
		return nil, fmt.Errorf("read undated visits: %w", err)
	}
	return all, nil
}

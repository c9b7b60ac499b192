package sqlite

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/sync/count"
)

// recount brings the cells of months, quarters and years that have ended up to
// date, each under the newest epoch, and keeps those that are closed. It looks
// at little unless the day has changed or a past day has been corrected.
func (s *Store) recount(ctx context.Context, t *txn, today count.Day) error {
	if today == count.NoDay {
		return nil
	}
	var due bool
	err := t.QueryRowContext(ctx, `
		SELECT r.day <> ?1 OR m.rev > r.rev AND EXISTS (
		         SELECT 1 FROM cell c WHERE c.rev > r.rev AND length(c.period) = 10 AND c.period < ?2)
		FROM reckoning r, meta m`, today, string(today.Month())+"-01").Scan(&due)
	if err != nil {
		return fmt.Errorf("look for corrections: %w", err)
	}
	if !due {
		return nil
	}
	return s.reckon(ctx, t, today)
}

// reckon is recount, whether or not anything seems to have changed.
func (s *Store) reckon(ctx context.Context, t *txn, today count.Day) error {
	if err := t.doubtClock(ctx, today); err != nil {
		return err
	}
	l, err := s.loadLedger(ctx, t, s.cfg.Timetable.Zone)
	if err != nil {
		return err
	}
	cells, err := t.personCells(ctx)
	if err != nil {
		return err
	}
	for _, p := range l.periods(today) {
		tally, known, err := s.reckonPeriod(ctx, t, l, p, today)
		if err != nil {
			return fmt.Errorf("reckon %s: %w", p, err)
		}
		if !known {
			continue
		}
		f, err := tally.Figures(p, l.facts(p, today))
		if err != nil {
			return err
		}
		for _, c := range f.Counts(t.epochNo, today) {
			if err := cells.write(ctx, t, c); err != nil {
				return err
			}
		}
	}
	// Cells that this transaction is still to write will carry the revision
	// that it has taken: they are to be looked at the next time.
	_, err = t.exec(ctx, `UPDATE reckoning SET day = ?1, rev = (SELECT rev FROM meta) - ?2`, today, t.books.rev != 0)
	if err != nil {
		return fmt.Errorf("note reckoning: %w", err)
	}
	return nil
}

// reckonPeriod returns what an ended period comes to, and keeps it when it is
// closed; not known when its rows are gone and nothing was kept.
func (s *Store) reckonPeriod(ctx context.Context, t *txn, l *ledger, p count.Period, today count.Day) (tally reach.Tally, known bool, err error) {
	if tally, err = l.history.Tally(p); err != nil {
		return tally, false, err
	}
	k, ok := l.kept[p]
	if !ok {
		first, last, err := p.Span()
		if err != nil || first < l.forgotten {
			return tally, false, err
		}
		if known, err = l.told(ctx, t, tally, first, last); err != nil || !known {
			return tally, false, err
		}
		if !reach.Closed(p, today) {
			return tally, true, nil
		}
		k = keptTally{Kept: tally, Base: tally, Late: first < reach.VisitsFrom(today)}
	}
	next := k.moved(tally, reach.Final(p, today))
	if ok && next == k {
		return k.Kept, true, nil
	}
	l.kept[p] = next
	return next.Kept, true, t.storeKept(ctx, p, next)
}

// periods returns every month, quarter and year that has ended and of which
// something may be known, in the order of their names.
func (l *ledger) periods(today count.Day) []count.Period {
	set := make(map[count.Period]bool)
	for p := range l.kept {
		set[p] = true
	}
	if l.earliest != count.NoDay {
		for d := l.earliest; d <= today; d += 27 { // no month is stepped over
			set[d.Month()], set[d.Quarter()], set[d.Year()] = true, true, true
		}
		set[today.Month()] = true
	}
	maps.DeleteFunc(set, func(p count.Period, _ bool) bool { return !reach.Ended(p, today) })
	return slices.Sorted(maps.Keys(set))
}

// unkeep takes back what is kept of periods that had visits until newest, of
// which no row will ever be: those that were kept from rows that only a list
// had brought. What was kept from all of its rows stays as it is.
func (s *Store) unkeep(ctx context.Context, t *txn, newest count.Day) error {
	l, err := s.loadLedger(ctx, t, s.cfg.Timetable.Zone)
	if err != nil {
		return err
	}
	cells, err := t.personCells(ctx)
	if err != nil {
		return err
	}
	for p, k := range l.kept {
		if first, _, err := p.Span(); err != nil || !k.Late || first > newest {
			continue
		}
		if err := t.one(ctx, `DELETE FROM kept WHERE period = ?1`, p); err != nil {
			return fmt.Errorf("take back %s: %w", p, err)
		}
		for _, c := range reach.Withheld(p, reach.ReasonForgotten).Counts(t.epochNo, t.today) {
			if err := cells.write(ctx, t, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// personCells are the cells of classes B and C as they were last written, in
// whatever epoch: a new epoch repeats none that has not changed.
type personCells map[kiosk.Cell]*int64

func (t *txn) personCells(ctx context.Context) (personCells, error) {
	rows, err := t.QueryContext(ctx, `SELECT period, measure, n FROM cell WHERE length(period) < 10 ORDER BY epoch`)
	if err != nil {
		return nil, fmt.Errorf("read cells: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	cells := make(personCells)
	for rows.Next() {
		var c kiosk.Cell
		var n *int64
		if err := rows.Scan(&c.Period, &c.Measure, &n); err != nil {
			return nil, fmt.Errorf("read cells: %w", err)
		}
		cells[c] = n
	}
	return cells, rows.Err()
}

// write writes a cell that says something new. Numbers of class C are rounded
// by a key that never changes, so that they only move in steps of 5 (rule R5
// of package reach).
func (cells personCells) write(ctx context.Context, t *txn, c kiosk.Count) error {
	at := kiosk.Cell{Period: c.Period, Measure: c.Measure}
	if n, known := cells[at]; known && (n == nil) == (c.N == nil) && (n == nil || *n == *c.N) {
		return nil
	}
	return t.setCell(ctx, c.Cell, c.N)
}

// keeping runs fn, which removes rows or changes answers, so that closed
// periods stay as they are. What was corrected before fn still counts.
func (s *Store) keeping(ctx context.Context, t *txn, today count.Day, fn func() error) error {
	if err := t.settle(ctx); err != nil {
		return err
	}
	t.books.slots, t.books.before = nil, nil
	if err := s.reckon(ctx, t, today); err != nil {
		return err
	}
	if err := s.noteRecorded(ctx, t, count.NoDay); err != nil {
		return err
	}
	t.keeping = true
	defer func() { t.keeping = false }()
	if err := fn(); err != nil {
		return err
	}
	return s.rebase(ctx, t)
}

// rebase takes what the rows say now for what they said when the closed
// periods were last looked at.
func (s *Store) rebase(ctx context.Context, t *txn) error {
	l, err := s.loadLedger(ctx, t, s.cfg.Timetable.Zone)
	if err != nil {
		return err
	}
	for p, k := range l.kept {
		now, err := l.history.Tally(p)
		if err != nil {
			return fmt.Errorf("rebase %s: %w", p, err)
		}
		if k.Base == now {
			continue
		}
		k.Base = now
		if err := t.storeKept(ctx, p, k); err != nil {
			return err
		}
	}
	return nil
}

// noteRecorded remembers the room's first recorded day before its row goes, or
// an earlier day of which no row will ever be.
func (s *Store) noteRecorded(ctx context.Context, t *txn, earlier count.Day) error {
	_, err := t.exec(ctx, `
		UPDATE reckoning SET recorded = (
		  SELECT coalesce(min(day), 0) FROM (
		    SELECT min(day) AS day FROM visit WHERE void = 0 AND held = 0
		    UNION ALL SELECT nullif(recorded, 0) UNION ALL SELECT nullif(?1, 0)))`, earlier)
	if err != nil {
		return fmt.Errorf("note first recorded day: %w", err)
	}
	return nil
}

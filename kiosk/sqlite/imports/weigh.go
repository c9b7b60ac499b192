package imports

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// errStale says that figures were corrected since they were weighed.
var errStale = errors.New("figures were corrected meanwhile")

// weighed is what the figures were and will be, as of one snapshot.
type weighed struct {
	now
	change, turn  int64
	before, after *reach.Ledger
	keep          map[count.Period]reach.Kept  // to be written
	drop          []count.Period               // of which nothing is to be kept
	fresh         []count.Period               // of which something is, as of now
	back          []count.Period               // of which a list takes back what was
	shift         map[count.Period]reach.Tally // by how much what is kept changes
	counts        []kiosk.Count
}

// left is what a list leaves behind beside its rows.
type left struct {
	newest count.Day // of one that comes: the last day of a visit without a row
	// Of one that is taken back: what was kept before it, what it came to of periods
	// whose rows are gone in part, and of those that were not kept when it came.
	aside        map[count.Period]*reach.Kept
	shifts, lost map[count.Period]reach.Tally
}

// weigh counts the figures as they are and as they would be with what is given.
func (l *Lists) weigh(ctx context.Context, q sqlrow.Querier, n now, g ledger.Given, of left) (w *weighed, err error) {
	w = &weighed{now: n, keep: make(map[count.Period]reach.Kept), shift: make(map[count.Period]reach.Tally)}
	if err := q.QueryRowContext(ctx, `SELECT meta.change, reckoning.turn FROM meta, reckoning`).Scan(&w.change, &w.turn); err != nil {
		return nil, fmt.Errorf("read number of changes: %w", err)
	}
	if w.before, err = l.room.Ledger().Load(ctx, q); err != nil {
		return nil, err
	}
	if w.after, err = l.room.Ledger().LoadAs(ctx, q, g); err != nil {
		return nil, err
	}
	stored := maps.Clone(w.before.Kept)
	if n.settled == count.NoDay { // nobody knows yet which periods have ended
		w.after.Kept = stored
		return w, nil
	}
	// What is complete now is kept before its rows may be known to be missing.
	was, err := w.before.Recount(n.epoch, n.settled)
	if err != nil {
		return nil, err
	}
	w.after.Kept = maps.Clone(w.before.Kept)
	if of.aside == nil {
		w.takeBack(of.newest)
	} else if err := w.putBack(ctx, q, g.Without, of.aside); err != nil {
		return nil, err
	}
	if err := w.shiftBack(of.shifts); err != nil {
		return nil, err
	}
	for p, by := range of.lost {
		if k, kept := w.after.Kept[p]; kept {
			k.Tally = k.Tally.Minus(by)
			w.after.Kept[p] = k
		}
	}
	is, err := w.after.Recount(n.epoch, n.settled)
	if err != nil {
		return nil, err
	}
	w.counts = slices.Concat(is.Counts, unknown(was.Counts, is.Counts, n))
	w.settle(stored)
	return w, nil
}

// takeBack leaves out what was kept of periods that had visits until newest without a
// row, if only lists had brought their rows.
func (w *weighed) takeBack(newest count.Day) {
	if newest == count.NoDay {
		return
	}
	w.back = w.after.TakeBack(newest)
	for _, p := range w.back {
		delete(w.after.Kept, p)
	}
}

// putBack takes for kept what was before a list, unless another one has taken it back too.
func (w *weighed) putBack(ctx context.Context, q sqlrow.Querier, list int64, aside map[count.Period]*reach.Kept) error {
	var newest count.Day
	err := q.QueryRowContext(ctx, `SELECT coalesce(max(newest), 0) FROM import WHERE state = 'in' AND no <> ?1`, list).Scan(&newest)
	if err != nil {
		return fmt.Errorf("read other lists: %w", err)
	}
	for p, k := range aside {
		first, _, err := p.Span()
		switch _, kept := w.after.Kept[p]; {
		case err != nil:
			return err
		case k == nil:
			delete(w.after.Kept, p)
		case !kept && first > newest:
			w.after.Kept[p] = *k
		}
	}
	return nil
}

// shiftBack takes out of what is kept what a list came to, where the rows that are left
// would say less.
func (w *weighed) shiftBack(shifts map[count.Period]reach.Tally) error {
	for p, by := range shifts {
		k, kept := w.after.Kept[p]
		if !kept {
			continue
		}
		now, err := w.after.History.Tally(p, w.after.Openings)
		if err != nil {
			return fmt.Errorf("shift %s back: %w", p, err)
		}
		k.Tally, k.Base = k.Tally.Minus(by), now
		w.after.Kept[p] = k
	}
	return nil
}

// settle works out what of the kept figures is to be written.
func (w *weighed) settle(stored map[count.Period]reach.Kept) {
	for p, k := range w.after.Kept {
		if was, kept := stored[p]; !kept || was != k {
			w.keep[p] = k
		}
		if was, kept := w.before.Kept[p]; !kept {
			w.fresh = append(w.fresh, p)
		} else if by := k.Tally.Minus(was.Tally); by != (reach.Tally{}) {
			w.shift[p] = by
		}
	}
	for p := range stored {
		if _, kept := w.after.Kept[p]; !kept {
			w.drop = append(w.drop, p)
		}
	}
}

// unknown returns cells without a number for the periods that were told and of which
// nothing is known any more.
func unknown(was, is []kiosk.Count, n now) (counts []kiosk.Count) {
	told := make(map[count.Period]bool)
	for _, c := range is {
		told[c.Period] = true
	}
	for _, c := range was {
		if !told[c.Period] {
			told[c.Period] = true
			counts = append(counts, reach.Withheld(c.Period, reach.ReasonForgotten).Counts(n.epoch, n.settled)...)
		}
	}
	return counts
}

// stands returns errStale when what was weighed may be no longer so.
func (w *weighed) stands(ctx context.Context, t Writing) error {
	var turn int64
	if err := t.QueryRowContext(ctx, `SELECT turn FROM reckoning`).Scan(&turn); err != nil {
		return fmt.Errorf("read turn: %w", err)
	}
	settled, err := t.Settled(ctx)
	if err != nil {
		return err
	}
	changed, err := t.DaysChanged(ctx, w.change, w.settled.FirstOfMonth())
	if err != nil {
		return err
	}
	if changed || turn != w.turn || t.Day != w.day || settled != w.settled || t.Epoch != w.epoch {
		return errStale
	}
	return nil
}

// tell writes the figures.
func (l *Lists) tell(ctx context.Context, t Writing, w *weighed) error {
	if w.settled == count.NoDay {
		return nil
	}
	if err := l.room.Ledger().Keep(ctx, t, w.keep); err != nil {
		return err
	}
	for _, p := range w.drop {
		if err := ledger.TakeBack(ctx, t, p); err != nil {
			return err
		}
	}
	if err := t.Tell(ctx, w.counts); err != nil {
		return err
	}
	// All that is written of the days is counted in.
	var change int64
	if err := t.QueryRowContext(ctx, `SELECT change FROM meta`).Scan(&change); err != nil {
		return fmt.Errorf("read number of changes: %w", err)
	}
	return ledger.NoteRecount(ctx, t, w.settled, change)
}

// deltas are by how much the numbers of days change, by the rows of a list.
type deltas map[kiosk.DayPart]reach.Numbers

// deltas counts the rows of a list that count, and those that it took away.
func (l *Lists) deltas(ctx context.Context, q sqlrow.Querier, list int64, which string, args ...any) (deltas, error) {
	alike := make(map[kiosk.DayPart][]reach.Alike)
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (v reach.Alike, err error) {
		err = row.Scan(&v.Epoch, &v.Day, &v.Part, &v.Person, &v.Source, &v.Band, &v.Assumed, &v.N)
		at := kiosk.DayPart{Epoch: v.Epoch, Day: v.Day, Part: v.Part}
		alike[at] = append(alike[at], v)
		return v, err
	}, `SELECT epoch, day, part, person IS NOT NULL, how, coalesce(band, ''), assumed, sum(n) FROM (
		    SELECT *, 1 AS n FROM visit WHERE batch = ?1 AND gone IS NULL UNION ALL SELECT *, -1 FROM visit WHERE gone = ?1)
		WHERE day IS NOT NULL AND void = 0 AND held = 0 `+which+` GROUP BY 1, 2, 3, 4, 5, 6, 7`, append([]any{list}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("count rows of the list: %w", err)
	}
	all := make(deltas, len(alike))
	for at, visits := range alike {
		all[at] = l.room.Rules.Count(visits)
	}
	return all, nil
}

// days tells which days change, and how many of them were over and had been told.
func (d deltas) days(e *attendancelist.Upshot, told []count.Day, today count.Day) {
	changed := make(map[count.Day]bool)
	for at, numbers := range d {
		for _, n := range numbers {
			if n != 0 {
				changed[at.Day] = true
			}
		}
	}
	all := slices.Sorted(maps.Keys(changed))
	if e.Changed = len(all); e.Changed > 0 {
		e.Days = count.Days{First: all[0], Last: all[len(all)-1]}
	}
	for _, day := range all {
		if _, known := slices.BinarySearch(told, day); known && day < today {
			e.Told++
		}
	}
}

// stageCells writes down beside the cells by how much they will change.
func (l *Lists) stageCells(ctx context.Context, list int64, d deltas) error {
	return l.inPortions(ctx, func(yield func(step) bool) {
		for at, numbers := range d {
			if !yield(func(ctx context.Context, w Writing) error { return w.Stage(ctx, list, at, numbers) }) {
				return
			}
		}
	})
}

package imports

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// UndoImport takes a list back: the figures are as they were, and the people are gone
// whom it had made and nobody else touched. A dry run tells what would become of it.
// kiosk.ErrNotFound when there is no such list, kiosk.ErrUndone when it was taken back
// already, a LeanError while later lists stand that found there what it had brought,
// ErrBusy while another list is taken in or back.
func (l *Lists) UndoImport(ctx context.Context, list int64, dryRun bool) (e attendancelist.Upshot, err error) {
	defer func() {
		if err != nil {
			e, err = attendancelist.Upshot{}, fmt.Errorf("take list %d back: %w", list, err)
		}
	}()
	done, err := l.alone()
	if err != nil {
		return e, err
	}
	defer done()
	if err := l.sweep(ctx); err != nil {
		return e, err
	}
	if e, err = l.tryLeave(ctx, list, dryRun); err != nil || dryRun {
		return e, err
	}
	if err := l.sweep(ctx); err != nil {
		return e, err
	}
	return e, l.look(ctx, func(q sqlrow.Querier) error {
		return q.QueryRowContext(ctx, `SELECT stayed FROM import WHERE no = ?1`, list).Scan(&e.Stayed)
	})
}

// TakeBack is UndoImport for a volunteer, who is answered at once: the figures are as
// they were, and the rows go with the next Sweep.
func (l *Lists) TakeBack(ctx context.Context, _, list int64) error {
	done, err := l.alone()
	if err != nil {
		return fmt.Errorf("take list %d back: %w", list, err)
	}
	defer done()
	if _, err := l.tryLeave(ctx, list, false); err != nil {
		return fmt.Errorf("take list %d back: %w", list, err)
	}
	return nil
}

// tryLeave is leave until no correction comes between.
func (l *Lists) tryLeave(ctx context.Context, list int64, dryRun bool) (e attendancelist.Upshot, err error) {
	for range attempts {
		if e, err = l.leave(ctx, list, dryRun); !errors.Is(err, errStale) {
			return e, err
		}
	}
	return e, ErrBusy
}

// leave hides a list and tells the figures without it.
func (l *Lists) leave(ctx context.Context, list int64, dryRun bool) (e attendancelist.Upshot, err error) {
	n, err := l.now(ctx)
	if err != nil {
		return e, err
	}
	var w *weighed
	var d deltas
	err = l.look(ctx, func(q sqlrow.Querier) (err error) {
		if e, err = l.stands(ctx, q, list); err != nil {
			return err
		}
		aside, err := l.room.Ledger().Aside(ctx, q, list)
		if err != nil {
			return err
		}
		var shifts map[count.Period]reach.Tally
		if e.Lost > 0 {
			if shifts, err = l.room.Ledger().Shifts(ctx, q, list); err != nil {
				return err
			}
		}
		lost, err := l.room.Ledger().Lost(ctx, q, list)
		if err != nil {
			return err
		}
		if w, err = l.weigh(ctx, q, n, ledger.Given{Without: list}, left{aside: aside, shifts: shifts, lost: lost}); err != nil {
			return err
		}
		d, err = numbers(ctx, q, list)
		return err
	})
	if err != nil {
		return e, err
	}
	d.days(&e, w.before.Counted, n.day)
	if e.Figures, err = w.before.Moved(w.after, n.settled); err != nil || dryRun {
		return e, err
	}
	return e, l.room.Write(ctx, func(ctx context.Context, t Writing) error { return l.hide(ctx, t, list, w) })
}

// stands returns what is known of a list that can be taken back.
func (l *Lists) stands(ctx context.Context, q sqlrow.Querier, list int64) (e attendancelist.Upshot, err error) {
	var state string
	var there int
	err = q.QueryRowContext(ctx, `SELECT state, lines, visits, people, guests,
		(SELECT count(*) FROM visit v WHERE v.batch = import.no AND v.person IS NOT NULL) FROM import WHERE no = ?1 AND state <> 'staged'`, list).
		Scan(&state, &e.Rows, &e.Visits, &e.People, &e.Guests, &there)
	if err != nil {
		return e, fmt.Errorf("read list: %w", sqlrow.Missing(err))
	}
	if state != "in" {
		return e, kiosk.ErrUndone
	}
	after, err := later(ctx, q, list)
	if err == nil && len(after) > 0 {
		err = &LeanError{after}
	}
	e.List, e.Lost = list, e.Visits-there
	return e, err
}

// numbers are those that tell of a list: by so much they will be less.
func numbers(ctx context.Context, q sqlrow.Querier, list int64) (deltas, error) {
	all := make(deltas)
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (at kiosk.DayPart, err error) {
		var day string
		var measure count.Measure
		var n int64
		if err := row.Scan(&at.Epoch, &day, &at.Part, &measure, &n); err != nil {
			return at, err
		}
		if at.Day, err = count.ParseDay(day); all[at] == nil {
			all[at] = make(reach.Numbers)
		}
		all[at][measure] = n
		return at, err
	}, `SELECT epoch, period, part, measure, n FROM import_cell WHERE batch = ?1`, list)
	if err != nil {
		return nil, fmt.Errorf("read numbers of the list: %w", err)
	}
	return all, nil
}

// hide is the transaction.
func (l *Lists) hide(ctx context.Context, t Writing, list int64, w *weighed) error {
	if err := w.stands(ctx, t); err != nil {
		return err
	}
	if err := t.Shift(ctx, list, -1); err != nil {
		return err
	}
	if err := t.Shifted(ctx, list); err != nil {
		return err
	}
	if err := l.tell(ctx, t, w); err != nil {
		return err
	}
	return sqlrow.One(ctx, t, `UPDATE import SET state = 'leaving' WHERE no = ?1`, list)
}

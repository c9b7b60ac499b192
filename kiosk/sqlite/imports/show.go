package imports

import (
	"context"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/attendancelist"
	"example.org/inloop/kiosk/sqlite/ledger"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// show lets a staged list count: all of it, and all figures, by one transaction.
func (l *Lists) show(ctx context.Context, b *batch) (e attendancelist.Upshot, err error) {
	for try := range attempts {
		if try > 0 { // what is staged may be of rows that are gone
			if err := l.inBites(ctx, b.no, dropCells); err != nil {
				return e, err
			}
		}
		var w *weighed
		var d deltas
		err = l.look(ctx, func(q sqlrow.Querier) (err error) {
			if w, err = l.weigh(ctx, q, b.now, ledger.Given{With: b.no}, left{newest: b.plan.Newest}); err != nil {
				return err
			}
			d, err = l.deltas(ctx, q, b.no, "")
			return err
		})
		if err == nil {
			err = l.stageCells(ctx, b.no, d)
		}
		if err == nil {
			err = l.room.Write(ctx, func(ctx context.Context, t Writing) error { return l.showAll(ctx, t, b, w) })
		}
		if err == nil {
			return b.effect(w, d)
		}
		if !errors.Is(err, errStale) {
			return e, fmt.Errorf("show list: %w", err)
		}
		if b.now, err = l.now(ctx); err != nil {
			return e, err
		}
	}
	return e, ErrBusy
}

// showAll is the transaction.
func (l *Lists) showAll(ctx context.Context, t Writing, b *batch, w *weighed) error {
	list := b.no
	if err := w.stands(ctx, t); err != nil {
		return err
	}
	if err := l.again(ctx, t, b); err != nil {
		return err
	}
	if err := t.Shift(ctx, list, 1); err != nil {
		return err
	}
	if err := t.Shifted(ctx, list); err != nil {
		return err
	}
	for _, p := range w.back {
		_, err := t.ExecContext(ctx, `INSERT INTO import_kept (batch, period, tally) SELECT ?1, period, tally FROM kept WHERE period = ?2`, list, p)
		if err != nil {
			return fmt.Errorf("set figures aside: %w", err)
		}
	}
	for _, p := range w.fresh {
		_, err := t.ExecContext(ctx, `INSERT INTO import_kept (batch, period) VALUES (?1, ?2)`, list, p)
		if err != nil {
			return fmt.Errorf("note fresh figures: %w", err)
		}
	}
	if err := l.room.Ledger().KeepShift(ctx, t, list, w.shift); err != nil {
		return err
	}
	if err := l.tell(ctx, t, w); err != nil {
		return err
	}
	return sqlrow.One(ctx, t, `UPDATE import SET state = 'in' WHERE no = ?1`, list)
}

// again counts anew those parts of days that were touched since the list was planned: of
// today, as a rule, by a tap. Who was counted there meanwhile is left out of the list.
func (l *Lists) again(ctx context.Context, t Writing, b *batch) error {
	touched, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (at kiosk.DayPart, err error) {
		var day string
		if err := row.Scan(&at.Epoch, &day, &at.Part); err != nil {
			return at, err
		}
		at.Day, err = count.ParseDay(day)
		return at, err
	}, `SELECT DISTINCT i.epoch, i.period, i.part FROM import_cell i JOIN cell c ON c.period = i.period AND c.part = i.part AND c.epoch = i.epoch
		WHERE i.batch = ?1 AND c.change > ?2`, b.no, b.change)
	if err != nil {
		return fmt.Errorf("look for taps: %w", err)
	}
	for _, at := range touched {
		gone, err := t.ExecContext(ctx, `DELETE FROM visit WHERE batch = ?1 AND day = ?2 AND part = ?3 AND person IN (
			SELECT person FROM attendance WHERE day = ?2 AND part = ?3 AND person IS NOT NULL AND void = 0)`, b.no, at.Day, at.Part)
		if err != nil {
			return fmt.Errorf("leave out who is counted: %w", err)
		}
		n, err := gone.RowsAffected()
		if err == nil {
			_, err = t.ExecContext(ctx, `UPDATE import SET visits = visits - ?2 WHERE no = ?1`, b.no, n)
		}
		if err != nil {
			return fmt.Errorf("leave out who is counted: %w", err)
		}
		d, err := l.deltas(ctx, t, b.no, `AND epoch = ?2 AND day = ?3 AND part = ?4`, at.Epoch, at.Day, at.Part)
		if err != nil {
			return err
		}
		if err := t.Stage(ctx, b.no, at, d[at]); err != nil {
			return err
		}
	}
	return nil
}

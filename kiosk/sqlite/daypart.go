package sqlite

import (
	"context"
	"fmt"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/daybook"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// touch announces that visits of a part of a day are about to change. It must be called
// before they do; undated visits count nothing, so theirs is none.
func (t *txn) touch(ctx context.Context, at kiosk.DayPart) error {
	if at.Day == count.NoDay {
		return nil
	}
	if slices.Contains(t.changed.parts, at) {
		return nil
	}
	// The cells of a day that has ended are kept numbers, and so are those of a running
	// one of which rows were cut: a correction moves them by what it changes, no more.
	if at.Day < t.today || at.Day == t.cut {
		before, err := t.count(ctx, at)
		if err != nil {
			return err
		}
		if t.changed.before == nil {
			t.changed.before = make(map[kiosk.DayPart]reach.Numbers)
		}
		t.changed.before[at] = before
	}
	t.changed.parts = append(t.changed.parts, at)
	return nil
}

// count counts the visits of one part of a day from the rows, by the rules of
// package reach. Rows that no rule tells apart are read as one.
func (t *txn) count(ctx context.Context, at kiosk.DayPart) (reach.Numbers, error) {
	visits, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (v reach.Alike, err error) {
		v.Epoch, v.Day, v.Part = at.Epoch, at.Day, at.Part
		return v, row.Scan(&v.Person, &v.Source, &v.Band, &v.Assumed, &v.N)
	}, `
		SELECT person IS NOT NULL, how, coalesce(band, ''), assumed, count(*) FROM attendance
		WHERE day = CAST(?1 AS INTEGER) AND part = CAST(?2 AS TEXT) AND epoch = CAST(?3 AS INTEGER) AND void = 0 AND held = 0
		GROUP BY 1, 2, 3, 4`, at.Day, at.Part, at.Epoch)
	if err != nil {
		return nil, fmt.Errorf("count %s %s: %w", at.Day, at.Part, err)
	}
	return t.s.cfg.Rules.Count(visits), nil
}

// recount counts every touched part of a day again and notes how late it is.
func (t *txn) recount(ctx context.Context) error {
	for _, at := range t.changed.parts {
		if err := t.recountPart(ctx, at); err != nil {
			return err
		}
	}
	for i, at := range t.changed.parts { // of a day that has ended, what follows from its visits
		again := slices.ContainsFunc(t.changed.parts[:i], func(b kiosk.DayPart) bool { return b.Day == at.Day })
		if again || at.Day >= t.today {
			continue
		}
		if err := daybook.Correct(ctx, t.cells, t.s.plan(), at.Day); err != nil {
			return err
		}
	}
	return t.notePassed(ctx)
}

// recountPart writes the cells of one part of a day that are to say something
// else now.
func (t *txn) recountPart(ctx context.Context, at kiosk.DayPart) (err error) {
	var p reach.PartRecount
	if p.Rows, err = t.count(ctx, at); err != nil {
		return err
	}
	if p.Told, err = t.cells.Numbers(ctx, at.Epoch, at.Day, at.Part); err != nil {
		return err
	}
	p.Before = t.changed.before[at]
	for m, n := range p.Changes() {
		c := kiosk.Cell{Epoch: at.Epoch, Period: at.Day.Period(), Measure: m, Part: at.Part}
		write := func() error { return t.cells.Write(ctx, c, &n) }
		if n == 0 && at.Day > t.today { // a clock ahead had put visits there: nothing is known of a day to come
			write = func() error { return t.cells.Withdraw(ctx, c) }
		}
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

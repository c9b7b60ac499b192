package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/reach"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/kiosk/timeline"
	"example.org/inloop/sync/count"
)

func (d dayPart) cell(m count.Measure) kiosk.Cell {
	return kiosk.Cell{Epoch: d.epoch, Period: count.Period(d.day.String()), Measure: m, Part: d.part}
}

// touch announces that visits of a part of a day are about to change. It must be called
// before they do; undated visits count nothing, so theirs is none.
func (t *txn) touch(ctx context.Context, at dayPart) error {
	if at.day == count.NoDay {
		return nil
	}
	for _, known := range t.changed.parts {
		if known == at {
			return nil
		}
	}
	if t.closed(at.day) {
		if t.leaveClosed {
			return nil
		}
		before, err := t.count(ctx, at)
		if err != nil {
			return err
		}
		if t.changed.before == nil {
			t.changed.before = make(map[dayPart]numbers)
		}
		t.changed.before[at] = before
	}
	t.changed.parts = append(t.changed.parts, at)
	return nil
}

// closed tells whether the quarter of d has ended: its cells are kept, and
// only move by what is corrected.
func (t *txn) closed(d count.Day) bool { return d.Quarter() < t.today.Quarter() }

// count counts the visits of one part of a day from the rows, by the rules of
// package reach. Rows that no rule tells apart are read as one.
func (t *txn) count(ctx context.Context, at dayPart) (numbers, error) {
	visits, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (v reach.Alike, err error) {
		v.Epoch, v.Day, v.Part = at.epoch, at.day, at.part
		return v, row.Scan(&v.Person, &v.Source, &v.Band, &v.Assumed, &v.N)
	}, `
		SELECT person IS NOT NULL, how, coalesce(band, ''), assumed, count(*) FROM visit
		WHERE day = CAST(?1 AS INTEGER) AND part = CAST(?2 AS TEXT) AND epoch = CAST(?3 AS INTEGER) AND void = 0 AND held = 0
		GROUP BY 1, 2, 3, 4`, at.day, at.part, at.epoch)
	if err != nil {
		return nil, fmt.Errorf("count %s %s: %w", at.day, at.part, err)
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
	return t.notePassed(ctx)
}

// recountPart writes the cells of one part of a day that differ from what its rows say
// now; in a closed quarter, the kept number and what the rows say more.
func (t *txn) recountPart(ctx context.Context, at dayPart) error {
	now, err := t.count(ctx, at)
	if err != nil {
		return err
	}
	kept, err := t.cells(ctx, at)
	if err != nil {
		return err
	}
	before, closed := t.changed.before[at]
	for m, want := range now {
		old, known := kept[m]
		if closed {
			want += old - before[m]
		}
		if want == old && (known || want == 0) {
			continue
		}
		if err := t.writeCell(ctx, at.cell(m), &want); err != nil {
			return err
		}
	}
	return nil
}

// cells returns the class A numbers of one part of a day that were written before.
func (t *txn) cells(ctx context.Context, at dayPart) (map[count.Measure]int64, error) {
	rows, err := t.QueryContext(ctx, `SELECT measure, n FROM cell
		WHERE epoch = CAST(?1 AS INTEGER) AND period = CAST(?2 AS TEXT) AND part = CAST(?3 AS TEXT) AND n IS NOT NULL`,
		at.epoch, at.day.String(), at.part)
	if err != nil {
		return nil, fmt.Errorf("read cells: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	kept := make(map[count.Measure]int64)
	for rows.Next() {
		var m count.Measure
		var n int64
		if err := rows.Scan(&m, &n); err != nil {
			return nil, fmt.Errorf("read cells: %w", err)
		}
		kept[m] = n
	}
	return kept, rows.Err()
}

// cell returns a cell's number, nil when it is withdrawn, and whether the cell
// was ever written.
func (t *txn) cell(ctx context.Context, c kiosk.Cell) (n *int64, known bool, err error) {
	err = t.QueryRowContext(ctx, `SELECT n FROM cell WHERE epoch = ?1 AND period = ?2 AND part = ?3 AND measure = ?4`,
		c.Epoch, c.Period, c.Part, c.Measure).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read cell %s %s: %w", c.Period, c.Measure, err)
	}
	return n, true, nil
}

// setCell gives a cell its number, or withdraws it, under the next revision;
// a cell that says so already is left alone.
func (t *txn) setCell(ctx context.Context, c kiosk.Cell, n *int64) error {
	old, known, err := t.cell(ctx, c)
	if err != nil {
		return err
	}
	if known && sameNumber(old, n) {
		return nil
	}
	return t.writeCell(ctx, c, n)
}

// sameNumber tells whether two cells say the same; nil is one without a number.
func sameNumber(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

func (t *txn) writeCell(ctx context.Context, c kiosk.Cell, n *int64) error {
	rev, err := t.nextRev(ctx)
	if err != nil {
		return err
	}
	acked := int64(0)
	if frozen, err := t.frozen(ctx, c); err != nil {
		return err
	} else if frozen {
		acked = rev
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO cell (epoch, period, measure, part, n, rev, acked_rev) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT (epoch, period, part, measure) DO UPDATE
		SET n = excluded.n, rev = excluded.rev, acked_rev = max(acked_rev, excluded.acked_rev)`,
		c.Epoch, c.Period, c.Measure, c.Part, n, rev, acked)
	if err != nil {
		return fmt.Errorf("write cell %s %s: %w", c.Period, c.Measure, err)
	}
	return nil
}

// frozen tells whether a cell is one of those that the centre alone knows since
// a backup was restored: of an earlier epoch, and of the backup's day or later.
func (t *txn) frozen(ctx context.Context, c kiosk.Cell) (frozen bool, err error) {
	if c.Epoch == t.epochNo {
		return false, nil
	}
	day, err := count.ParseDay(string(c.Period))
	if err != nil {
		return false, nil // no day: persons are counted in the newest epoch alone
	}
	err = t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM epoch WHERE ordinal > ?1 AND frozen <= ?2)`, c.Epoch, day).Scan(&frozen)
	if err != nil {
		return false, fmt.Errorf("look for restores: %w", err)
	}
	return frozen, nil
}

// nextRev returns the revision of this transaction's changes, above all that
// were given out before.
func (t *txn) nextRev(ctx context.Context) (int64, error) {
	if t.changed.rev != 0 {
		return t.changed.rev, nil
	}
	t.wrote = true
	t.passed = timeline.Raise(t.passed, t.now.Instant, t.wrote) // in the same statement: each costs a tap time
	err := t.QueryRowContext(ctx, `UPDATE meta SET rev = rev + 1, floor_ms = ?1 RETURNING rev`, t.passed.UnixMilli()).Scan(&t.changed.rev)
	if err != nil {
		return 0, fmt.Errorf("take revision: %w", err)
	}
	return t.changed.rev, nil
}

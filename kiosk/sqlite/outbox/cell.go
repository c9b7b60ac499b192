package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// A period in the table is a day when it is written with ten characters, and
// otherwise one of those whose figures are told once they have ended.
const (
	ofDay    = `length(period) = 10`
	ofFigure = `length(period) < 10`
)

// Stages of a cell's number on its way out of the room, as they stand in the table.
const (
	stageReleased = iota // told and rev say what n says, or the centre knows better
	stageWaits           // n waits for its release
	stageToCome          // nothing is known of the cell: its day is still to come
)

// sameCell finds the cell of the first four arguments.
const sameCell = `epoch = ?1 AND period = ?2 AND part = ?3 AND measure = ?4`

// Numbers returns the numbers that were written of one part of a day.
func (t *Tx) Numbers(ctx context.Context, epoch int, day count.Day, part count.Part) (map[count.Measure]int64, error) {
	rows, err := t.QueryContext(ctx, `SELECT measure, n FROM cell
		WHERE epoch = CAST(?1 AS INTEGER) AND period = CAST(?2 AS TEXT) AND part = CAST(?3 AS TEXT) AND n IS NOT NULL`,
		epoch, day.String(), part)
	if err != nil {
		return nil, fmt.Errorf("read cells: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	told := make(map[count.Measure]int64)
	for rows.Next() {
		var m count.Measure
		var n int64
		if err := rows.Scan(&m, &n); err != nil {
			return nil, fmt.Errorf("read cells: %w", err)
		}
		told[m] = n
	}
	return told, rows.Err()
}

// read returns a cell's number, nil when it is withdrawn, and whether the cell
// was ever written.
func (t *Tx) read(ctx context.Context, c kiosk.Cell) (n *int64, known bool, err error) {
	err = t.QueryRowContext(ctx, `SELECT n FROM cell WHERE `+sameCell, c.Epoch, c.Period, c.Part, c.Measure).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read cell %s %s: %w", c.Period, c.Measure, err)
	}
	return n, true, nil
}

// Write gives a cell its number, or withdraws it with nil. It does not look what the
// cell said before. The number stays in the room until Release.
func (t *Tx) Write(ctx context.Context, c kiosk.Cell, n *int64) error {
	no, err := t.change(ctx)
	if err != nil {
		return err
	}
	next := stageWaits
	if frozen, err := t.frozen(ctx, c); err != nil {
		return err
	} else if frozen {
		next = stageReleased // which it never is: the centre knows better
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO cell (epoch, period, measure, part, n, change, stage) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT (epoch, period, part, measure) DO UPDATE SET n = excluded.n, change = excluded.change,
		stage = CASE WHEN stage = ?8 THEN stage ELSE excluded.stage END`,
		c.Epoch, c.Period, c.Measure, c.Part, n, no, next, stageWaits)
	if err != nil {
		return fmt.Errorf("write cell %s %s: %w", c.Period, c.Measure, err)
	}
	return nil
}

// Withdraw takes back the number of a day that is still to come: it is kept no longer,
// and of what was released of it already no more is sent.
func (t *Tx) Withdraw(ctx context.Context, c kiosk.Cell) error {
	no, err := t.change(ctx)
	if err == nil {
		_, err = t.ExecContext(ctx, `DELETE FROM cell WHERE rev = 0 AND `+sameCell, c.Epoch, c.Period, c.Part, c.Measure)
	}
	if err == nil {
		_, err = t.ExecContext(ctx, `UPDATE cell SET n = NULL, told = NULL, change = ?5, stage = ?6, acked_rev = rev WHERE `+sameCell,
			c.Epoch, c.Period, c.Part, c.Measure, no, stageToCome)
	}
	if err != nil {
		return fmt.Errorf("withdraw cell %s %s: %w", c.Period, c.Measure, err)
	}
	return nil
}

// Set is Write for a cell that may say so already: then it is left alone, and
// is not sent again.
func (t *Tx) Set(ctx context.Context, c kiosk.Cell, n *int64) error {
	old, known, err := t.read(ctx, c)
	if err != nil {
		return err
	}
	if known && sameNumber(old, n) {
		return nil
	}
	return t.Write(ctx, c, n)
}

// sameNumber tells whether two cells say the same; nil is one without a number.
func sameNumber(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// Fill writes 0 into those cells that were never written, or were withdrawn because
// their day was still to come, so that nothing that is missing looks like a zero.
func (t *Tx) Fill(ctx context.Context, cells []kiosk.Cell) error {
	for _, c := range cells {
		n, _, err := t.read(ctx, c)
		if err != nil {
			return err
		}
		if n != nil {
			continue
		}
		if err := t.Write(ctx, c, new(int64)); err != nil {
			return err
		}
	}
	return nil
}

// EndDay closes out a day: whether it was planned open, and if so each of its cells,
// zeros included.
func (t *Tx) EndDay(ctx context.Context, d count.Day, planned bool, cells []kiosk.Cell) error {
	open := int64(0)
	if planned {
		open = 1
		if err := t.Fill(ctx, cells); err != nil {
			return err
		}
	}
	return t.Set(ctx, kiosk.Cell{Epoch: t.Epoch, Period: d.Period(), Measure: count.MeasureOpen}, &open)
}

// WithdrawAfter withdraws the numbers of all days after one: a clock that ran ahead
// wrote them, and their time is still to come.
func (t *Tx) WithdrawAfter(ctx context.Context, day count.Day) error {
	return t.withdraw(ctx, `stage < 2`, day)
}

// WithdrawZeros is WithdrawAfter for numbers that no visit made: those of visits go with
// the visits.
func (t *Tx) WithdrawZeros(ctx context.Context, day count.Day) error {
	return t.withdraw(ctx, `stage < 2 AND coalesce(n, 0) = 0`, day)
}

func (t *Tx) withdraw(ctx context.Context, which string, after count.Day) error {
	cells, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (c kiosk.Cell, err error) {
		return c, row.Scan(&c.Epoch, &c.Period, &c.Measure, &c.Part)
	}, `SELECT epoch, period, measure, part FROM cell WHERE `+ofDay+` AND period > ?1 AND `+which+` ORDER BY period`, after.String())
	if err != nil {
		return fmt.Errorf("look for days to come: %w", err)
	}
	for _, c := range cells {
		if err := t.Withdraw(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// Tell writes those figures of ended periods that say something new. A figure is
// compared with what was last written of it in whatever epoch: a new epoch
// repeats nothing that has not changed since.
func (t *Tx) Tell(ctx context.Context, figures []kiosk.Count) error {
	type figure struct {
		period  count.Period
		measure count.Measure
	}
	told := make(map[figure]*int64)
	_, err := sqlrow.Collect(ctx, t, func(row sqlrow.Scanner) (f figure, err error) {
		var n *int64
		err = row.Scan(&f.period, &f.measure, &n)
		told[f] = n
		return f, err
	}, `SELECT period, measure, n FROM cell WHERE `+ofFigure+` ORDER BY epoch`)
	if err != nil {
		return fmt.Errorf("read cells: %w", err)
	}
	for _, c := range figures {
		if n, known := told[figure{c.Period, c.Measure}]; known && sameNumber(n, c.N) {
			continue
		}
		if err := t.Set(ctx, c.Cell, c.N); err != nil {
			return err
		}
	}
	return nil
}

// DaysChanged tells whether a cell of a day before until has changed since the change of
// a number.
func (t *Tx) DaysChanged(ctx context.Context, no int64, until count.Day) (changed bool, err error) {
	err = t.QueryRowContext(ctx, `
		SELECT change > ?1 AND EXISTS (SELECT 1 FROM cell WHERE cell.change > ?1 AND `+ofDay+` AND period < ?2) FROM meta`,
		no, until.String()).Scan(&changed)
	if err != nil {
		return false, fmt.Errorf("look for corrections: %w", err)
	}
	return changed, nil
}

// CountedDays returns the days that have a cell which says something, the first one
// first.
func CountedDays(ctx context.Context, q sqlrow.Querier) ([]count.Day, error) {
	days, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (d count.Day, err error) {
		var text string
		if err := row.Scan(&text); err != nil {
			return d, err
		}
		return count.ParseDay(text)
	}, `SELECT DISTINCT period FROM cell WHERE n IS NOT NULL AND `+ofDay)
	if err != nil {
		return nil, fmt.Errorf("read counted days: %w", err)
	}
	slices.Sort(days)
	return days, nil
}

// PlannedDays tells of each day that was closed out whether the room was planned to
// be open.
func PlannedDays(ctx context.Context, q sqlrow.Querier) (map[count.Day]bool, error) {
	planned := make(map[count.Day]bool)
	_, err := sqlrow.Collect(ctx, q, func(row sqlrow.Scanner) (open bool, err error) {
		var text string
		if err := row.Scan(&text, &open); err != nil {
			return open, err
		}
		d, err := count.ParseDay(text)
		planned[d] = open
		return open, err
	}, `SELECT period, n FROM cell WHERE measure = ?1 AND n IS NOT NULL AND `+ofDay+` ORDER BY epoch`, count.MeasureOpen)
	if err != nil {
		return nil, fmt.Errorf("read planned days: %w", err)
	}
	return planned, nil
}

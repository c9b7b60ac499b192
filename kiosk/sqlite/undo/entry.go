package undo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.org/inloop/kiosk"
	"example.org/inloop/kiosk/sqlite/sqlrow"
	"example.org/inloop/sync/count"
)

// Entry is an action that can be undone, with the rows that it changed.
type Entry struct {
	Kind    kiosk.ActionKind
	Number  int
	no      int64
	changes []change
	now     []Snapshot // of each change, the row as it stands
}

// Load finds an action again. kiosk.ErrNotFound when it is none of the last
// [kiosk.Undoable] of the day, kiosk.ErrUndone when something that happened later depends
// on it.
func Load(ctx context.Context, q sqlrow.Querier, action int64, day count.Day) (*Entry, error) {
	e := &Entry{no: action}
	err := q.QueryRowContext(ctx, `SELECT deed, number FROM (SELECT no, deed, number FROM action WHERE day = ?2 ORDER BY no DESC LIMIT ?3) WHERE no = ?1`,
		action, day, kiosk.Undoable).Scan(&e.Kind, &e.Number)
	if err != nil {
		return nil, fmt.Errorf("look for action: %w", sqlrow.Missing(err))
	}
	e.changes, err = sqlrow.Collect(ctx, q, scanChange, `SELECT relation, row, before, after FROM image WHERE action = ?1 ORDER BY place`, action)
	if err != nil {
		return nil, fmt.Errorf("read action: %w", err)
	}
	for _, c := range e.changes {
		now, err := read(ctx, q, c.table, c.row)
		if err != nil {
			return nil, err
		}
		if !c.after.equals(now) && !c.closedSince(now) {
			return nil, kiosk.ErrUndone
		}
		e.now = append(e.now, now)
	}
	if fits, err := e.fits(ctx, q); err != nil || !fits {
		return nil, errors.Join(err, kiosk.ErrUndone)
	}
	return e, nil
}

// scanChange reads the relation, row, before and after of table image.
func scanChange(row sqlrow.Scanner) (c change, err error) {
	var before, after []byte
	if err := row.Scan(&c.table, &c.row, &before, &after); err != nil {
		return c, err
	}
	return c, c.read(before, after)
}

// read takes a row from what was kept of it.
func (c *change) read(before, after []byte) (err error) {
	if c.before, err = readSnapshot(c.table, before); err == nil {
		c.after, err = readSnapshot(c.table, after)
	}
	return err
}

// closedSince tells whether a stay differs from what the action left only
// because the clock has closed it meanwhile, which no action depends on.
func (c change) closedSince(now Snapshot) bool {
	if c.table != TableStays || c.after["ended"].v != string(kiosk.StayEndNone) || now["ended"].v != string(kiosk.StayEndEstimated) {
		return false
	}
	open := maps.Clone(now)
	for _, name := range []string{"out_boot", "out_ns", "out_ms", "ended"} {
		open[name] = c.after[name]
	}
	return c.after.equals(open)
}

// Counted returns where the visits of the entry count now and where they will
// when they are put back: what is to be counted again.
func (e *Entry) Counted() []kiosk.DayPart {
	var all []kiosk.DayPart
	for i, c := range e.changes {
		for _, visit := range []Snapshot{e.now[i], c.before} {
			if c.table != TableVisits || visit == nil {
				continue
			}
			epoch, _ := visit["epoch"].v.(int64)
			day, _ := visit["day"].v.(int64) // NULL is no day
			part, _ := visit["part"].v.(string)
			all = append(all, kiosk.DayPart{Epoch: int(epoch), Day: count.Day(day), Part: count.Part(part)})
		}
	}
	return all
}

// PutBack makes all rows of the entry what they were before, and forgets it. An
// error of the tables' rules (sqlrow.Conflicts) says that they do not fit what
// happened since.
func (e *Entry) PutBack(ctx context.Context, tx sqlrow.Tx) error {
	// Rows come back in any order, and only then have to fit together.
	if _, err := tx.ExecContext(ctx, `PRAGMA defer_foreign_keys = on`); err != nil {
		return err
	}
	for i, c := range e.changes {
		if c.before != nil {
			continue
		}
		if err := e.takeAway(ctx, tx, c, e.now[i]); err != nil {
			return fmt.Errorf("take away %s: %w", c.table, err)
		}
	}
	for _, c := range e.changes {
		if c.before == nil {
			continue
		}
		if err := c.putBack(ctx, tx); err != nil {
			return fmt.Errorf("put back %s: %w", c.table, err)
		}
	}
	return forget(ctx, tx, `no = ?1`, e.no)
}

// takeAway removes a row that the action had added. A visit stays, counting
// nothing, unless its person goes with it.
func (e *Entry) takeAway(ctx context.Context, tx sqlrow.Tx, c change, now Snapshot) error {
	query := `DELETE FROM ` + string(c.table) + ` WHERE no = ?1`
	if c.table == TableVisits && !e.added(now["person"].v) {
		query = `UPDATE visit SET void = 1, held = 0 WHERE no = ?1`
	}
	_, err := tx.ExecContext(ctx, query, c.row)
	return err
}

// added tells whether the action made a person, by the value of a column.
func (e *Entry) added(person any) bool {
	return slices.ContainsFunc(e.changes, func(c change) bool { return c.table == TablePersons && c.before == nil && person == c.row })
}

// putBack writes a row as it was before the action. It writes those columns
// alone that the entry knows and the table still has: the others keep the value
// that they have today, or get their default in a row that was gone.
func (c change) putBack(ctx context.Context, tx sqlrow.Tx) error {
	columns, err := columnsOf(ctx, tx, c.table)
	if err != nil {
		return err
	}
	var names, marks, sets []string
	var args []any
	for _, name := range columns {
		v, known := c.before[name]
		if !known {
			continue
		}
		args = append(args, v.v)
		mark := fmt.Sprintf("?%d", len(args))
		names, marks, sets = append(names, name), append(marks, mark), append(sets, name+" = excluded."+name)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO `+string(c.table)+` (`+strings.Join(names, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)
		ON CONFLICT (no) DO UPDATE SET `+strings.Join(sets, ", "), args...)
	return err
}

// Forget drops what could be undone of one person, whom it would show: the entries that
// name them, and those that hold a row of theirs among others.
func Forget(ctx context.Context, tx sqlrow.Tx, person int64) error {
	all, err := sqlrow.Collect(ctx, tx, func(row sqlrow.Scanner) (no int64, err error) {
		return no, row.Scan(&no)
	}, `
		SELECT no FROM action WHERE person = ?1 UNION
		SELECT action FROM image WHERE relation = 'person' AND row = ?1
		    OR relation = 'visit' AND row IN (SELECT no FROM visit WHERE person = ?1)
		    OR relation = 'stay' AND row IN (SELECT no FROM stay WHERE person = ?1)
		    OR relation = 'badge' AND row IN (SELECT no FROM badge WHERE person = ?1)
		    OR relation = 'stranger' AND row IN (SELECT no FROM stranger WHERE lost = ?1)
		    OR json_extract(before, '$.person') = ?1 OR json_extract(after, '$.person') = ?1`, person)
	if err != nil {
		return fmt.Errorf("look for actions: %w", err)
	}
	for _, no := range all {
		if err := forget(ctx, tx, `no = ?1`, no); err != nil {
			return err
		}
	}
	return nil
}

// ForgetBefore drops what could be undone of earlier days, and tells whether
// there was anything. NoDay means every day but none is before it.
func ForgetBefore(ctx context.Context, tx sqlrow.Tx, day count.Day) error {
	return forget(ctx, tx, `day < ?1`, day)
}

// ForgetAll drops whatever could be undone.
func ForgetAll(ctx context.Context, tx sqlrow.Tx) error { return forget(ctx, tx, `?1`, true) }

func forget(ctx context.Context, tx sqlrow.Tx, which string, arg any) error {
	for _, query := range []string{
		`DELETE FROM image WHERE action IN (SELECT no FROM action WHERE ` + which + `)`,
		`DELETE FROM action WHERE ` + which,
	} {
		if _, err := tx.ExecContext(ctx, query, arg); err != nil {
			return fmt.Errorf("forget action: %w", err)
		}
	}
	return nil
}
